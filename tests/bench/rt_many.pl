# Makes N open tickets with a reply and a work note each, as people do, but without mails: rt_many.pl N
use strict; use warnings;
use RT; RT::LoadConfig(); RT::Init();
my ($n) = @ARGV;
my $user = RT::CurrentUser->new; $user->Load('agent');
my $queue = RT::Queue->new(RT->SystemUser); $queue->Load('Network');
$RT::Handle->dbh->do('UPDATE Scrips SET Disabled = 1');    # no mails
$RT::Handle->BeginTransaction();
for my $i (1 .. $n) {
    my $ticket = RT::Ticket->new($user);
    my $mime = MIME::Entity->build(Type => 'text/plain', Data => ["It is broken since this morning, number $i.\n"]);
    my ($id, undef, $why) = $ticket->Create(
        Queue => $queue->Id, Subject => "Printer $i does not print", Requestor => 'carl@nordkauf.example',
        Priority => (10, 50, 75, 100)[$i % 4], MIMEObj => $mime, _RecordTransaction => 1);
    die $why unless $id;
    $ticket->Comment(Content => "Looked at it: $i", ContentType => 'text/plain');
    $ticket->Correspond(Content => "We are on it: $i", ContentType => 'text/plain');
    if ($i % 200 == 0) { $RT::Handle->Commit(); $RT::Handle->BeginTransaction(); }
}
$RT::Handle->Commit();
