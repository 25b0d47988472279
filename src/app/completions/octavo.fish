# Completion of octavo's command line for fish.

function __octavo_is -d 'Is what is being typed one of these commands ("": none yet)?'
    set -l words (commandline -opc) '' ''
    string match -q -- '-*' $words[2]; and set words[2] ''
    contains -- $words[2] $argv; or contains -- "$words[2] $words[3]" $argv
end

function __octavo_at_file -d 'Files, for an argument that begins with @'
    string match -rq '^(-.*=)?@(?<begin>.*)' -- (commandline -ct); or return
    for file in $begin*
        test -d $file; and set file $file/
        echo @$file
    end
end

complete -c octavo -f
# begin fish (make docs)
complete -c octavo -n '__octavo_is ""' -a ask -d 'One answer, streamed to stdout'
complete -c octavo -n '__octavo_is ""' -a models -d 'What this workspace may use, the service\'s first choice first'
complete -c octavo -n '__octavo_is ""' -a auth -d 'Which credential, from where, whose, which workspace and plan, when it ends, and where calls go'
complete -c octavo -n '__octavo_is auth' -a status -d 'Which credential, from where, whose, which workspace and plan, when it ends, and where calls go'
complete -c octavo -n '__octavo_is ""' -a doctor -d 'Why does nothing work? Walks the way to the service hop by hop, says which are broken and what cures them, and exits as ask would'
complete -c octavo -n '__octavo_is ""' -a version -d 'Version; with -v also commit, libraries and the date of the built-in roots'
complete -c octavo -n '__octavo_is "" "ask" "models" "auth status" "doctor" "version"' -s h -l help -d 'show this and exit'
complete -c octavo -n '__octavo_is "" "ask" "models" "auth status" "doctor" "version"' -s v -l verbose -d 'tell each step on stderr; more detail on stdout'
complete -c octavo -n '__octavo_is ""' -s e -l explain -x -d 'what an exit status means, its usual cause and cure'
complete -c octavo -n '__octavo_is "ask"' -s f -l file -r -F -d 'attach FILE as data (repeatable; \'-\' is stdin)'
complete -c octavo -n '__octavo_is "ask"' -l instructions -x -a '(__octavo_at_file)' -d 'instructions for the model'
complete -c octavo -n '__octavo_is "ask"' -s n -l no-stdin -d 'never read stdin'
complete -c octavo -n '__octavo_is "ask"' -l stdin -d 'wait for the end of stdin whatever it takes'
complete -c octavo -n '__octavo_is "ask"' -l stdin-wait -x -d 'give up on a silent stdin after TIME (60s)'
complete -c octavo -n '__octavo_is "ask"' -l stdin-max -x -d 'more from stdin is an error (4M)'
complete -c octavo -n '__octavo_is "ask"' -l stdin-head -x -d 'keep only the first SIZE bytes of stdin'
complete -c octavo -n '__octavo_is "ask"' -l stdin-tail -x -d 'keep only the last SIZE bytes of stdin'
complete -c octavo -n '__octavo_is "ask"' -l lossy -d 'replace what is not UTF-8 instead of refusing it'
complete -c octavo -n '__octavo_is "ask" "doctor"' -s m -l model -x -d 'the model (default: OCTAVO_MODEL, else the workspace\'s first)'
complete -c octavo -n '__octavo_is "ask"' -l effort -x -a 'none minimal low medium high xhigh' -d 'how long to reason (default: the model\'s own)'
complete -c octavo -n '__octavo_is "ask"' -l verbosity -x -a 'low medium high' -d 'how much to write (default: the model\'s own)'
complete -c octavo -n '__octavo_is "ask"' -l summary -x -a 'auto concise detailed none' -d 'a summary of the reasoning, told with --json (default: none)'
complete -c octavo -n '__octavo_is "ask"' -l service-tier -x -d 'ask for a service tier'
complete -c octavo -n '__octavo_is "ask"' -s o -l output -r -F -d 'the answer also to FILE, which exists afterwards only if all went well'
complete -c octavo -n '__octavo_is "ask"' -l transcript -r -F -d 'go on with the conversation in FILE and, if all goes well, add to it'
complete -c octavo -n '__octavo_is "ask"' -l buffer -d 'write nothing before the answer is complete'
complete -c octavo -n '__octavo_is "ask"' -l output-schema -r -F -d 'the answer is JSON that fits this strict JSON Schema, or 40'
complete -c octavo -n '__octavo_is "ask"' -l schema-fix -d 'add what a strict schema must say: all required, nothing else'
complete -c octavo -n '__octavo_is "ask"' -l patch -r -F -d 'the answer is one unified diff that applies, or 40; as -o FILE'
complete -c octavo -n '__octavo_is "ask"' -l patch-paths -x -d 'the diff may touch only these paths (repeatable)'
complete -c octavo -n '__octavo_is "ask"' -l patch-ci -d 'the diff may touch the configuration of CI systems, too'
complete -c octavo -n '__octavo_is "ask"' -l repair -d 'of an answer that does not fit ask for a better one, once'
complete -c octavo -n '__octavo_is "ask" "models" "auth status" "doctor"' -l json -d 'JSON: one object; of ask, lines as codex exec --json prints'
complete -c octavo -n '__octavo_is "ask"' -l json-deltas -d 'the same, with each piece of text as it comes'
complete -c octavo -n '__octavo_is "ask"' -l raw -d 'leave control sequences and CI commands in the answer alone'
complete -c octavo -n '__octavo_is "ask"' -l max-output-bytes -x -d 'end with 50 when the answer is longer'
complete -c octavo -n '__octavo_is "ask"' -l max-total-tokens -x -d 'end with 50 when more were used (known only at the end)'
complete -c octavo -n '__octavo_is "ask"' -l dry-run -d 'print the request, the credential masked, and send no prompt'
complete -c octavo -n '__octavo_is "ask" "models" "auth status" "doctor"' -l token-file -r -F -d 'read the token from FILE (\'-\' is stdin)'
complete -c octavo -n '__octavo_is "ask" "models" "auth status" "doctor"' -l token-fd -x -d 'read the token from descriptor N'
complete -c octavo -n '__octavo_is "ask" "models" "auth status" "doctor"' -l codex-auth -d 'allow codex\'s own auth.json as a source'
complete -c octavo -n '__octavo_is "ask" "models" "auth status" "doctor"' -l account-id -x -d 'the workspace; skips whoami'
complete -c octavo -n '__octavo_is "ask" "models" "auth status" "doctor"' -l fedramp -d 'with --account-id: a FedRAMP workspace'
complete -c octavo -n '__octavo_is "ask" "models" "auth status" "doctor"' -l require-workspace -x -d 'end with 12 unless whoami says the token is of this workspace'
complete -c octavo -n '__octavo_is "ask" "models" "auth status" "doctor"' -l backend-origin -x -d 'send the prompt to this https origin; skips routing'
complete -c octavo -n '__octavo_is "ask" "models" "auth status" "doctor"' -l routing-override -x -d 'with --backend-origin: the routing header\'s value'
complete -c octavo -n '__octavo_is "ask" "models" "auth status" "doctor"' -l client-version -x -d 'protocol version to announce'
complete -c octavo -n '__octavo_is "ask" "models" "doctor"' -l base-url -x -d 'a gateway or local proxy instead of the service; unix:PATH works'
complete -c octavo -n '__octavo_is "ask" "models" "doctor"' -l auth -x -a 'bearer none' -d 'whether the token goes to --base-url (loopback: bearer)'
complete -c octavo -n '__octavo_is "ask" "models" "doctor"' -l caller-secret-file -r -F -d 'send this bearer to --base-url instead of the token'
complete -c octavo -n '__octavo_is "ask" "models" "doctor"' -l header-env -x -d 'add a header to --base-url with VAR\'s value (repeatable)'
complete -c octavo -n '__octavo_is "ask" "models" "auth status" "doctor"' -l cacert -r -F -d 'trust only the certificates in FILE'
complete -c octavo -n '__octavo_is "ask" "models" "auth status" "doctor"' -l timeout -x -d 'the whole run (30m; of doctor 10s)'
complete -c octavo -n '__octavo_is "ask" "models" "auth status" "doctor"' -l connect-timeout -x -d 'each connect (10s)'
complete -c octavo -n '__octavo_is "ask"' -l idle-timeout -x -d 'silence inside an answer (5m)'
complete -c octavo -n '__octavo_is "ask" "models" "auth status" "doctor"' -l retries -x -d 'at most N retries of a request (4; of doctor 0)'
complete -c octavo -n '__octavo_is "doctor"' -l live -d 'make one tiny model call as well'
complete -c octavo -n '__octavo_is "doctor"' -l print-egress -d 'only list what would be contacted; contacts nothing, needs no token'
# end
