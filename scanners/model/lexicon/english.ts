import type { Lexicon } from '../concepts.ts';

/** Forms that order (`send`, `sending`) rather than describe (`sends`): documentation speaks in the third person. */
export const english: Lexicon = {
  language: 'en',
  script: 'words',
  small:
    'the a an of to and in is are for with that this it by from on be as or which when you your if its at has was will can not i do what we they no so but me my all more up out any us am use user',
  concepts: {
    detail:
      'raw json xml html markdown yaml id ids identifier* uuid* internal technical schema formatting column* placeholder format verbose redundant unless unknown optional',
    read: 'read reading open opening load loading fetch fetching retrieve retrieving grab grabbing access accessing obtain obtaining collect collecting gather gathering harvest* extract extracting cat dump dumping copy copying look_up look_at look_through scan scanning capture capturing steal* snoop* inspect peek* search_for scrape enumerate pull_in take_the locate find_the pull read_out recover consult_once consulted',
    send: 'send sending sent forward forwarding forwarded post posting posted upload uploading uploaded transmit* mail_it mail_them email_it email_the email_them submit submitting submitted deliver delivering hand_over hand_off hand_it hand_them hand_the hand_those hand_to handed pass pass_on pass_along pass_it passing share shared sharing mirror mirrored push exfiltrat* leak leaking ship travel_on lodge transfer_to report_to supply route reroute* redirect beacon notify_us bcc cc copy_to duplicate duplicated re-sent resend resent convey dispatch relay relayed curl wget ping_a',
    put: 'put placing place include including append appending add adding insert inserting attach attaching embed embedding enclose* paste tack fill prepend stuff slip write_into populate carry accompany end_with sign_off tuck stash feed_it feed_in echo write_it',
    tell: 'tell telling told mention mentioning mentioned inform informing informed say saying reveal revealing disclose disclosing let_on bring_up bring_it let_know explain explaining show showing surface notify notifying alert alerting comment commenting report_back admit* acknowledg* divulg* discuss talk_about announce warn warning hear aware read_about let_the',
    hide: 'hide hiding hidden conceal* secret_from secretly silent* quiet* discreet* invisibl* unseen unnoticed covert* stealth* behind_the_scenes in_the_background between_us to_yourself unaware in_the_dark out_of_it out_of_the_loop mum internal_only confidential skip_over leave_out leave_this leave_it left_out keep_it keep_this keep_quiet keep_that keep_these suppress unsuspecting obscure worth_mentioning spare stays_internal oblivious',
    run: 'run running execute executing launch carry_out perform performing shell sudo bash eval exec terminal command commands crontab powershell',
    call: 'call calling called invoke invoking invoked use using consult consulting trigger employ',
    change:
      'change changing replace replacing replaced rewrite rewriting alter altering swap swapping substitut* modify modifying modified overwrite override instead redirect* reroute* falsif* increase decrease round_up takes_its_place in_place_of adjust tweak manipulat* tamper* divert* rename soften softened dropped',
    delete:
      'delete deleting deleted remove removing removed drop wipe erase purge destroy rm truncate discard deletions',
    ignore:
      'ignore ignoring disregard* forget forgetting set_aside neglect abandon dismiss superse* void no_longer_apply pay_no_attention not_bound bypass bypassing exempt waive* override overrule precedence put_aside obsolete',
    obey: 'obey* follow_only follow_these follow_this follow_the comply complying heed adhere abide treat act_as behave_as from_now_on from_here_on from_then_on going_forward henceforth new_duties new_instructions your_task act_on carry_out',
    ask: 'ask asking asked confirm confirming confirmed confirmation* approv* consent* permission authoriz* authoris* prompt_the check_with check_back consult_the consulting_the unasked agree agreed agreeing question questions unreviewed in_the_loop',
    disable:
      'disable disabling disabled turn_off turned_off deactivat* switch_off suspend suspended lifted guardrail* safeguard* restriction* moderation safety unrestricted jailbreak* unreviewed autoapprove auto-approve auto_approve privileged without_limits',
    install: 'install installing download downloading pip npx apt-get dependency setup_script helper',
    recommend:
      'recommend* promot* advertis* favor favour praise* endors* best superior cheaper top-rated sponsor* powered_by competitor* alternatives inferior trusted_by number_one #1',
    remember:
      'remember memory memorize* persist permanently across_sessions long-term every_session store_this future_conversations claude.md .cursorrules rules_file future_sessions',
    encode: 'base64 base-64 encode encoding decode decoding rot13 obfuscat* steganograph* backwards cipher hex-encoded',
    secret:
      'password* passwd passphrase* credential* api_key* apikey* private_key* ssh_key* secret secrets secret_key* access_token* auth_token* api_token* session_token* bearer cookie cookies seed_phrase* mnemonic* keychain* keyring* keystore* pin one-time_code* otp 2fa access_key* .env dotenv environment_variable* env_var* printenv environ env id_rsa ssh pem clipboard identity_document* tax_return* credit_card* cvv session_key* master_key* wallet_seed account_details personal_data browser_history home_directory home_folder key_custody master_password text_of_the_private vault* user_profile bank_details',
    talk: 'conversation* chat chats dialog* transcript* history messages thread discussion turns chat_log prior_message* previous_message* user_message* talked_about what_was_said reasoning thoughts chain_of_thought session_record thinking',
    orders:
      'instruction* system_prompt* developer_message* guideline* directive* prompt prompts constraint* programming system_message* words_above developer operator',
    user: "user users user's human humans person person's people customer customers client client's anyone anybody nobody no_one they individual victim traveller* author authors",
    model:
      'assistant* agent agents model models ai llm llms language_model* chatbot bot claude gpt caller callers deployer',
    you: 'you your yourself',
    file: 'file files folder* director* document documents contents filesystem attachment* mailbox inbox downloads',
    param: 'parameter* argument* field fields param params metadata payload header',
    money:
      'payment* pay payee* transfer* account accounts iban recipient* beneficiar* wallet* invoice* bank purchase* amount amounts fund funds money bic merchant',
    answer: 'answer* reply replies repl* response responses summary summaries final_message wording',
    tools:
      'other_tools other_tool any_tool all_tools every_tool which_tools available_tools tool_list tools_list tool_calls tool_call tool tools mcp plugin*',
    config: 'mcp.json .cursorrules claude.md allowlist git_config bashrc startup cron crontab settings',
    outside:
      'webhook* external third-party third_party third_parties attacker* remote endpoint* our_server* partner* collector* audit_server telemetry c2 elsewhere insurer* broker* pixel to_us with_us tell_us telling_us send_us give_us let_us_know',
    not: "not never no n't don't dont doesn't do_not cannot can't won't without nor neither avoid refrain* needn't shouldn't mustn't isn't aren't nothing none rather_than skip skipping",
    first:
      'first before prior beforehand ahead upfront initially precondition* prerequisite* presuppose* at_the_start start_of beginning prior_to warm-up preliminary once_you until once after afterwards then right_after when whenever upon',
    always:
      'always every whenever constantly at_all_times each_time every_time regardless whatever wherever irrespective from_now_on automatically',
    must: 'must have_to has_to required mandatory obligatory obliges oblige* shall need_to needs_to imperative essential necessary should supposed demand* expected make_sure ensure be_sure also additionally in_addition while_at_it want_to kindly please',
    all: 'all entire complete completely full fully whole everything verbatim word_for_word in_full raw exact exactly last_few complete_session',
    authority:
      'policy policies admin* compliance audit auditing auditor security regulation* regulatory pursuant legal gdpr hipaa sox soc2 governance root official certified mandate* protocol verification attestation due_diligence programme integrity diagnostics quality_assurance monitoring calibration calibrate authoritative hereby platform safety_team anthropic openai retention',
    urgent:
      'urgent* immediately immediate critical emergency important warning now hurry asap stop attention at_once last_warning final_warning lockout prevents',
    threat:
      'otherwise fail fails failure invalid crash* corrupt* blocked terminate* suspended breaks penalt* rejected lost loss unreliable outdated untrustworthy deprecated trustworthy cannot_hash',
    allowed:
      'pre-approved preapproved already_approved already_authorized trusted approved allowed permitted authorized granted confer* full_access on_behalf right_to implicit_consent fine_to go_through is_fine are_fine as_confirmed',
  },
};
