# Users (password NAME-pw-1), projects, custom fields and rights of the test desk.
Setting.rest_api_enabled = '1'
Setting.login_required = '1'
Setting.default_language = 'en'
Setting.notified_events = []

def user(login, first, last, zone, domain)
  made = User.new(language: 'en', firstname: first, lastname: last, mail: "#{login}@#{domain}")
  made.login = login
  made.password = made.password_confirmation = "#{login}-pw-1"
  made.must_change_passwd = false
  made.mail_notification = 'none'
  made.status = User::STATUS_ACTIVE
  made.save!
  made.pref.time_zone = zone
  made.pref.hide_mail = false
  made.pref.save!
  made
end

admin = User.find_by_login('admin')
admin.password = admin.password_confirmation = 'admin-pw-1'
admin.must_change_passwd = false
admin.save!
sync = user('sync', 'Desk', 'Sync', 'UTC', 'desk.test')
agent = user('agent', 'Anna', 'Agent', 'Berlin', 'desk.test')
berta = user('berta', 'Berta', 'Bench', 'Eastern Time (US & Canada)', 'desk.test')
desk = user('desk', 'Desk', '(service)', 'UTC', 'desk.test')
carl = user('carl', 'Carl', 'Customer', '', 'nordkauf.example')
cora = user('cora', 'Cora', 'Customer', '', 'nordkauf.example')
cora.pref.hide_mail = true
cora.pref.save!

manager, developer, reporter = %w(Manager Developer Reporter).map { |name| Role.find_by_name(name) }
manager.permissions = manager.setable_permissions.map(&:name)
manager.save!
developer.add_permission!(:edit_issues, :set_notes_private, :view_private_notes, :log_time, :manage_issue_relations,
                          :edit_own_issue_notes)
# As many sites have it: whoever reports an issue may not move it, nor book time on it.
reporter.remove_permission!(:edit_issues, :log_time)

trackers = Tracker.all.to_a
def field(name, format, trackers, **more)
  IssueCustomField.create!(name: name, field_format: format, is_for_all: true, is_filter: true, trackers: trackers, **more)
end
['Client Token', 'Received', 'Hold Reason', 'Acknowledged', 'Category', 'Customer', 'Requestor'].each do |name|
  field(name, 'string', trackers)
end
field('Impact', 'list', trackers, possible_values: %w(low medium high))
field('Hosts', 'list', trackers, possible_values: %w(sw1 sw2 sw3), multiple: true)

%w(network hardware).each do |id|
  project = Project.new(name: id.capitalize, identifier: id, is_public: false)
  project.enabled_module_names = %w(issue_tracking time_tracking)
  project.trackers = trackers
  project.save!
  Member.create!(project: project, principal: sync, roles: [manager])
  [agent, berta, desk].each { |person| Member.create!(project: project, principal: person, roles: [developer]) }
  [carl, cora].each { |person| Member.create!(project: project, principal: person, roles: [reporter]) }
end
# Nothing for the desk.
vault = Project.new(name: 'Vault', identifier: 'vault', is_public: false)
vault.enabled_module_names = %w(issue_tracking)
vault.trackers = trackers
vault.save!

keys = [sync, agent, berta, desk, carl, cora, admin].map { |person| "REDMINE_KEY_#{person.login.upcase}=#{person.api_key}\n" }
File.write(ENV.fetch('KEYS_OUT'), keys.join)
