use utf8;
Set($rtname, 'desk.test');
Set($Organization, 'desk.test');
Set($Timezone, 'UTC');
Set($WebDomain, '127.0.0.1');
Set($WebPort, @PORT@);
Set($WebPath, '');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '@DIR@/data/rt.sqlite');
Set($MailCommand, sub { return 1 });    # notifications are composed, then dropped
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'error');
Set($MinimumPasswordLength, 5);
Set($BcryptCost, 10);                   # every token or password costs one bcrypt a request
Set(%Lifecycles,
    # A lifecycle whose statuses have names of their own.
    helpdesk => {
        initial  => ['untriaged'],
        active   => ['working', 'asleep'],
        inactive => ['done', 'spam', 'deleted'],
        defaults => { on_create => 'untriaged', on_merge => 'done' },
        transitions => {
            ''        => [qw(untriaged)],
            untriaged => [qw(working asleep done spam deleted)],
            working   => [qw(untriaged asleep done spam deleted)],
            asleep    => [qw(working done spam deleted)],
            done      => [qw(working deleted)],
            spam      => [qw(working deleted)],
            deleted   => [qw(working)],
        },
        rights => {}, actions => [],
    },
);
1;
