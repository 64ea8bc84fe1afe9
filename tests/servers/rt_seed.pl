# Users (password NAME-pw), queues, custom fields and rights of the test desk.
use utf8;
@Users = map { { Name => $_->[0], RealName => $_->[1], EmailAddress => "$_->[0]\@$_->[4]",
                 Password => "$_->[0]-pw", Privileged => $_->[2], Timezone => $_->[3] } }
  ( [ 'sync',  'Desk Sync',      1, 'UTC',              'desk.test' ],
    [ 'agent', 'Anna Agent',     1, 'Europe/Berlin',    'desk.test' ],
    [ 'berta', 'Berta Bench',    1, 'America/New_York', 'desk.test' ],
    [ 'desk',  'Desk (service)', 1, 'UTC',              'desk.test' ],
    [ 'carl',  'Carl Customer',  0, '',                 'nordkauf.example' ] );
@Groups = ( { Name => 'Desk', Description => 'Service desk', Members => { Users => [qw(sync agent berta desk)] } } );
@Queues = (
  { Name => 'Network',  Description => 'Network incidents' },
  { Name => 'Hardware', Description => 'Hardware requests' },
  { Name => 'Helpdesk', Description => 'A lifecycle of its own', Lifecycle => 'helpdesk' },
  { Name => 'Vault',    Description => 'Nothing for the desk' },
);
@CustomFields = (
  ( map { { Name => $_, Type => 'FreeformSingle', LookupType => 'RT::Queue-RT::Ticket', ApplyTo => 0 } }
      ( 'Client Token', 'Received', 'Hold Reason', 'Acknowledged', 'Category', 'Customer' ) ),
  { Name => 'Impact', Type => 'SelectSingle', LookupType => 'RT::Queue-RT::Ticket', ApplyTo => 0,
    Values => [ map { { Name => $_, SortOrder => 1 } } qw(low medium high) ] },
  { Name => 'Hosts', Type => 'FreeformMultiple', LookupType => 'RT::Queue-RT::Ticket', ApplyTo => 0 },
);
@ACL = (
  ( map { { GroupDomain => 'UserDefined', GroupId => 'Desk', Right => $_ } }
      qw(ManageAuthTokens ShowConfigTab LoadSavedSearch SeeCustomField ModifyCustomField SeeGroup AdminUsers) ),
  # By queue, so that one queue stays hidden.
  ( map { my $queue = $_; map { { GroupDomain => 'UserDefined', GroupId => 'Desk', Queue => $queue, Right => $_ } }
      qw(SeeQueue ShowTicket ShowTicketComments CreateTicket ModifyTicket OwnTicket TakeTicket StealTicket
         ReassignTicket ReplyToTicket CommentOnTicket DeleteTicket ShowOutgoingEmail WatchAsAdminCc Watch ShowACL) }
      qw(General Network Hardware Helpdesk) ),
  ( map { { GroupDomain => 'RT::System-Role', GroupType => 'Requestor', Right => $_ } } qw(ShowTicket ReplyToTicket) ),
  { GroupDomain => 'SystemInternal', GroupType => 'Everyone', Right => 'CreateTicket' },
);
# Many sites have such a rule: an answer of the customer ends the wait for it.
@Scrips = (
  { Description => 'A customer answer ends the wait', Queue => 'Network', ScripCondition => 'User Defined',
    CustomIsApplicableCode => 'my $t = $self->TransactionObj; return $t->Type eq "Correspond" && $t->IsInbound;',
    ScripAction => 'Open Tickets', Template => 'Blank' },
);
