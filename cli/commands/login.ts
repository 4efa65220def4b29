import { Argument, type Command } from 'commander';
import { LOGIN_METHODS, LoginRefused, logIn } from '../registry-login.ts';
import { type LoginOptions, loginFrom, withLoginOptions } from './login-options.ts';
import { complain, EXIT_REFUSED, exitOnUsageFaults, print, reportFaults } from './signing-input.ts';

type Options = LoginOptions & { registry: string };

/** `hallmark login`: proves a namespace to a registry and prints the token that it gives for it. */
export function registerLogin(program: Command): void {
  const command = program
    .command('login')
    .description('prove a namespace to a registry and print a token for HALLMARK_TOKEN that lives five minutes')
    .addArgument(new Argument('<method>', 'how the namespace is proven').choices(LOGIN_METHODS))
    .option('--registry <url>', 'the registry', process.env.HALLMARK_REGISTRY ?? 'http://localhost:3000');
  withLoginOptions(command);
  exitOnUsageFaults(command).action((method: string, options: Options) =>
    reportFaults(command, async () => {
      try {
        const { token, expiresAt } = await logIn(loginFrom({ ...options, login: method }));
        complain(`Logged in until ${expiresAt.toISOString()}.`);
        print(token);
      } catch (error) {
        if (!(error instanceof LoginRefused)) throw error;
        complain(error.message);
        process.exitCode = EXIT_REFUSED;
      }
    }),
  );
}
