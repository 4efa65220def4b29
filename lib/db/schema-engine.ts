import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import type { DiffParams, MigrationList, SchemaEngine, SchemasContainer } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { migrationNames } from './pending-migrations.ts';

/**
 * Prisma's schema engine from its WebAssembly build. The native one is downloaded from outside npm, which closed
 * networks do not allow. Same migrations folder, same `_prisma_migrations` table, so `prisma migrate deploy` works too.
 */
export async function withSchemaEngine<T>(
  { databaseUrl, projectDir }: { databaseUrl: string; projectDir: string },
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  bindings ??= loadEngine();
  const { SchemaEngine } = await bindings;
  const datamodels = readSchema(projectDir).files.map(({ path: file, content }): [string, string] => [file, content]);
  const adapters = new CatalogReadingPg({ connectionString: databaseUrl });
  const engine = await SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(adapters));
  try {
    return await work(engine);
  } finally {
    engine.free();
    // The engine never closes what it opened; an open connection would keep the database from being renamed or dropped.
    await Promise.all(adapters.opened.map((adapter) => adapter.dispose()));
  }
}

type Bindings = typeof import('@prisma/schema-engine-wasm');
let bindings: Promise<Bindings> | undefined;

/** Once per process: the bindings keep views of the memory of the one instance they were given. */
async function loadEngine(): Promise<Bindings> {
  // The engine reports a panic through this global; without it the panic hides behind a TypeError.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => process.stderr.write(`${message}\n`) },
  });
  const require = createRequire(import.meta.url);
  const loaded = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as unknown as Bindings & {
    __wbg_set_wasm(exports: WebAssembly.Exports): void;
  };
  const file = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm');
  const { instance } = await WebAssembly.instantiate(fs.readFileSync(file), {
    './schema_engine_bg.js': loaded as unknown as WebAssembly.ModuleImports,
  });
  loaded.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return loaded;
}

/** Every file of the Prisma schema. */
export function readSchema(projectDir: string): SchemasContainer {
  const dir = path.join(projectDir, 'prisma', 'schema');
  const names = fs
    .readdirSync(dir)
    .filter((name) => name.endsWith('.prisma'))
    .sort();
  return {
    files: names.map((name) => ({
      path: path.join(dir, name),
      content: fs.readFileSync(path.join(dir, name), 'utf8'),
    })),
  };
}

/** Every migration on disk, in Prisma's own layout. */
export function readMigrations(projectDir: string): MigrationList {
  const baseDir = path.join(projectDir, 'prisma', 'migrations');
  const lock = path.join(baseDir, 'migration_lock.toml');
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: fs.existsSync(lock) ? fs.readFileSync(lock, 'utf8') : null },
    shadowDbInitScript: '',
    migrationDirectories: migrationNames(projectDir).map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: fs.readFileSync(path.join(baseDir, name, 'migration.sql'), 'utf8') },
      },
    })),
  };
}

/** Asks for the SQL that turns the connected database into what prisma/schema says; empty when they agree. */
export const schemaDifference = (projectDir: string) =>
  ({
    from: { tag: 'schemaDatasource', ...readSchema(projectDir), configDir: projectDir },
    to: { tag: 'schemaDatamodel', ...readSchema(projectDir) },
    script: true,
    exitCode: null,
    filters: NO_FILTERS,
  }) as DiffParams;

export const NO_FILTERS = { externalTables: [], externalEnums: [] };

const CHAR = pg.types.builtins.CHAR;
const TEXT = pg.types.builtins.TEXT;

type Rows = { fields: { dataTypeID: number }[]; rows: unknown[] };
type PgAdapter = {
  queryRaw(query: unknown): Promise<{ columnTypes: number[]; rows: unknown[] }>;
  performIO(query: unknown): Promise<Rows>;
};

/**
 * The engine reads PostgreSQL's catalogs, where columns have the one-byte type `"char"`. The driver adapter refuses
 * that type, and the engine insists on seeing it as a character, so it is passed through as text and named on the way.
 */
class CatalogReadingPg extends PrismaPg {
  readonly opened: { dispose(): Promise<void> }[] = [];

  override async connect() {
    const connected = await super.connect();
    this.opened.push(connected);
    const adapter = connected as unknown as PgAdapter;
    const charColumns = new WeakMap<object, number[]>();
    const [performIO, queryRaw] = [adapter.performIO.bind(adapter), adapter.queryRaw.bind(adapter)];
    adapter.performIO = async (query) => {
      const result = await performIO(query);
      charColumns.set(
        result.rows,
        result.fields.flatMap((field, i) => (field.dataTypeID === CHAR ? [i] : [])),
      );
      for (const field of result.fields) if (field.dataTypeID === CHAR) field.dataTypeID = TEXT;
      return result;
    };
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      for (const i of charColumns.get(result.rows) ?? []) result.columnTypes[i] = ColumnTypeEnum.Character;
      return result;
    };
    return connected;
  }
}
