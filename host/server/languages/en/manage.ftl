# The list.
connections-empty = You have no connections yet
connections-empty-advice = A connection lets you use another service from here. Pick a service, see what will be allowed, and sign in there once.
connections-none-fit = Nothing fits what you are looking for. Look for less, or show everything.
connections-none-here = Nothing on this page fits. There may be more on the next one.
connections-unreadable = { $n ->
    [one] One connection cannot be read and is not shown. Tell those who run this service.
   *[other] { $n } connections cannot be read and are not shown. Tell those who run this service.
}
connections-search = Search
connections-service = Service
connections-status = Status
connections-person = Belongs to
connections-sort = Order
connections-any = Any
connections-apply = Show
connections-clear = Show everything
connections-name = Connection
connections-account = Account
connections-rights = Access rights
connections-verified = Last verified
connections-ends = Ends
connections-do = What you can do
connections-pages = Pages
connections-first-page = First page
connections-next-page = Next page
connections-rights-of = { $n } of { $m } actions
connections-rights-scopes = { $n ->
    [0] whatever the account may
    [one] { $n } permission
   *[other] { $n } permissions
}
connections-status-attention = Needs attention
connections-status-active = Works
connections-status-expiring = Ends soon
connections-status-needs-reauthorization = Needs your consent again
connections-status-failing = Does not work
connections-status-uncertain = Uncertain
connections-status-pending = Not finished
connections-status-revoked = Ended
connections-sort-newest = Newest first
connections-sort-oldest = Oldest first
connections-sort-name = By name
connections-sort-service = By service
connections-sort-attention = What needs attention first
connections-sort-verified = Not verified for longest first
connections-sort-ends = What ends soonest first

# One connection.
connection-none = There is no such connection
connection-none-why = It was deleted, or it belongs to somebody else. Nothing was changed.
connection-to-list = To your connections
connection-to-one = To the connection
connection-trail = Where you are
connection-shared = Shared
connection-shared-refused = This connection is shared
connection-shared-why = Everybody here works with this connection, so only an administrator changes it.
connection-details = Details
connection-account-unknown = not known yet
connection-ends-never = no known end
connection-verify = Verify
connection-verify-of = Verify { $name }
connection-rename = Rename
connection-rename-of = Rename { $name }
connection-new-name = New name
connection-save = Save
connection-cancel = Cancel
connection-reauthorize = Reauthorize
connection-reauthorize-of = Reauthorize { $name }
connection-delete = Delete
connection-delete-of = Delete { $name }
connection-choose = Finish
connection-anew = Connect anew
connection-name-empty = Give the connection a name.
connection-name-too-long = This name has { $n } characters. Shorten it to { $limit } at most.
connection-name-control = A name is one line of plain text. Take out line breaks and other invisible characters.
connection-facts = About this connection
connection-method = Connected by
connection-target = Points at
connection-target-which = What should this connection point at?
connection-target-why = The account reaches several. The connection works with the one you take.
connection-target-take = Take this one
connection-took = The service answered in { $ms } ms.
connection-access-ends = Access renewed before
connection-known-response = The service said so.
connection-known-jwt = The access itself says so.
connection-known-declared = The service documents it so.
connection-known-assumed = Nobody said; this is our assumption.
connection-known-imported = Said when it was brought here.
connection-made = Made
connection-tokens = Kinds of access
connection-token-lost = lost
connection-uses = Where it is used
connection-uses-none = No application said that it uses this connection.
connection-uses-more = It is used in { $n } places; these are the first.
connection-twins = The same account is connected again
connection-health = The last 30 days
connection-health-good = { $good ->
    [0] Nothing is known about the last { $days } days yet.
    [one] It worked on the one day that is known of the last { $days }.
   *[other] It worked on all { $good } days that are known of the last { $days }.
}
connection-health-bad = Of the last { $days } days it worked on { $good }, and had trouble on { $bad }.
connection-health-unknown = not known
connection-timeline = What happened
connection-timeline-older = Older
connection-timeline-newest = Newest
connection-switched-off = { $provider } is switched off here at the moment, so its access rights cannot be shown. Nothing was changed.
connection-choose-first = It is connected, and waits for you to choose what it points at.
connection-said = { $provider } was asked, and this came back: { $message }
connection-asked-to-reauthorize = You were asked to give your consent at { $provider } again. Choose Reauthorize, and sign in there with the same account.
connection-is-pending = It is not finished: nobody knows yet whether it works. Verify it.
connection-is-active = It works. There is nothing to do.
connection-is-expiring = It works, and your consent ends soon. Give it again before it does, so that nothing stops.
connection-is-uncertain = It may have stopped working: the service did not answer the last time access was renewed. Verify it; if that fails, give your consent again.
connection-is-needs-reauthorization = It stopped working, because the service wants your consent again. Give it, and everything goes on where it was.
connection-is-failing = It does not work at the moment.
connection-is-revoked = It was ended and cannot be used again. Connect the service anew.
connection-failed-reauthorize = The service no longer accepts this connection. Give your consent again.
connection-failed-insufficient-scope = The service says that a permission is missing. Give your consent again and allow what is asked for.
connection-failed-misconfigured = Something about this connection is set up wrongly. Reauthorize it and check what you enter.
connection-failed-retry = The service asked us to wait. Verify it again in a few minutes.
connection-failed-provider-down = The service cannot be reached or is broken. Verify it again later; there is nothing you have to change.
connection-failed-unsupported = The service cannot do what was asked of it.
connection-failed-other = The service answered in a way we do not understand. Verify it again later.

# What was done just now.
connection-told-verified = Verified just now: it works, and belongs to { $account }.
connection-told-verified-nameless = Verified just now: it works.
connection-told-not-verified = Verified just now: it does not work. { $why }
connection-told-renamed = It is called { $name } now.
connection-told-connected = Connected as { $account }.
connection-told-connected-nameless = Connected.
connection-told-reconnected = Your consent is renewed. Connected as { $account }.
connection-told-reconnected-nameless = Your consent is renewed.
connection-told-pointed = It points at what you chose.
connection-told-kept = Nothing was changed: the connection belongs to { $account } as before.
connection-told-replaced = The connection belongs to { $account } now.
connection-told-replaced-nameless = The connection belongs to the other account now.
connection-told-connected-as-new = A new connection was made, as { $account }. The other one stayed as it was.
connection-told-connected-as-new-nameless = A new connection was made. The other one stayed as it was.

# Access rights.
rights-title = Access rights
rights-unlimited = { $provider } cannot limit what this connection may do: it can do whatever its account may.
rights-unstated = { $provider } did not say what it allowed, so this is what it was asked for.
rights-actions = What this connection is for
rights-actions-none = No action was chosen for it.
rights-reads = reads
rights-changes = changes
rights-manages = manages
rights-allowed = possible
rights-blocked = not possible
rights-lacks = Missing for this: { $rights }
rights-missing-title = Asked for and not given
rights-granted-title = Given
rights-implied-title = Comes with what was given
rights-unasked-title = Given without being asked for
rights-serves = Needed to: { $actions }
rights-requested = Asked for: { $rights }
rights-granted = given
rights-implied = comes along
rights-missing = missing
rights-grid = Who needs which permission
rights-permission = Permission
rights-needs = needs it
rights-needs-lacks = needs it, and it is missing
rights-needs-not = does not need it
rights-add = Add an action
rights-add-which = What should it be able to do as well?
rights-add-how = You give your consent at { $provider } again. The connection stays the same one, and what it can do already stays.
rights-add-go = Continue to { $provider }
rights-needs-nothing = Needs nothing that was not given already.
rights-would-need = Would need: { $rights }

# What happened.
event-account-kept = The account was kept
event-account-replaced = The account was replaced
event-created = Connected
event-deleted = Deleted
event-ended = Ended
event-expiring = Consent ends soon
event-exported = Copied to another host
event-failing = Stopped working
event-imported = Brought here
event-import-refused = Was not taken in
event-needs-reauthorization = Consent is needed again
event-no-longer-used = No longer used somewhere
event-other-account = Another account gave its consent
event-pointed = Points at something
event-reauthorized = Consent given again
event-refresh-failed = Access could not be renewed
event-refresh-uncertain = It is not known whether access was renewed
event-refreshed = Access renewed
event-renamed = Renamed
event-same-account = The same account is connected again
event-step-failed = Connecting did not get further
event-target-wanted = Waits for a choice
event-used = Used somewhere
event-verified = Verified
by-you = by you
by-itself = automatically
by-person = by { $name }
by-administrator = by an administrator
by-somebody = by its owner
by-application = by the application

# Deleting.
delete-title = Delete { $name }?
delete-will-revoke = { $provider } will be told that the access is over, so that nobody can use it there either.
delete-will-tell = { $provider } has no way to be told that the access is over. End it there yourself afterwards:
delete-will-not-revoke = { $provider } has no way to be told that the access is over. It is removed here, and what it was connected with stays good there until it ends by itself.
delete-for-good = What uses this connection stops working. This cannot be undone.
delete-used = { $n ->
    [one] It is used in one place, which would stop working:
   *[other] It is used in { $n } places, which would stop working:
}
delete-although-used = Delete it although it is used
delete-twins = The same account is connected again
delete-twins-why = At { $provider }, ending the access of one may end that of the others:
delete-twins-others = { $n ->
    [one] a connection of somebody else
   *[other] { $n } connections of others
}
delete-twins-keep = Only remove it here. { $provider } is not told, and the others go on.
delete-twins-end = End the access at { $provider } too. The others may stop working.
delete-go = Delete
deleted-title = { $name } is deleted
deleted-revoked = { $provider } confirmed that the access is over.
deleted-unsupported = { $provider } has no way to be told. It is removed here; there it stays good until it ends by itself.
deleted-instructions = It is removed here. End the access at { $provider } yourself:
deleted-queued = It is removed here. { $provider } could not be told yet; that is tried again until it is done.
deleted-failed = It is removed here. { $provider } did not accept that the access is over: end it there in your account's settings.
deleted-kept = It is removed here. { $provider } was not told, so that the other connections go on.
deleted-twins = The other connections to this account, as they stand now

# Making one.
new-which = Which service do you want to connect?
new-search = Search for a service
new-services = Services
new-nothing = No service is set up here yet. Tell those who run this.
new-none-fit = No service fits that.
new-title = Connect { $provider }
new-what-for = What is it for?
new-what-for-why = Only what these need is asked for. You can add more later.
new-go = Continue
new-other = Another service
connect-not-offered = This cannot be connected now
connect-not-offered-why = The service is switched off here, or no longer offers what was chosen. Nothing was changed.

# Coming back.
finish-again = Try again
finish-not-yours = This was not begun by you
finish-not-yours-why = A connection is finished by the person who began it, signed in as that person. Nothing was changed.
finish-not-yet = This is not finished
finish-not-yet-why = You have not come back from the service yet. Nothing was changed.
finish-over = This took too long, or was done already
finish-over-why = What came back works once and for two minutes. Look at your connections: if it is not there, begin again.
finish-denied = You did not allow it
finish-denied-why = The service asked you, and the answer was no. Nothing was changed.
finish-ended = This ended without a connection
finish-ended-why = The service did not go on with it. Nothing was changed.
finish-unproven = The new consent did not work
finish-unproven-why = The connection was left as it was.
finish-refused = The service gave no access
finish-refused-why = Nothing was changed.
choose-title = That is another account
choose-why = This connection belongs to { $expected }, and you signed in as { $given }. Nothing was changed yet. What do you want?
choose-keep = Keep { $expected }
choose-keep-why = The connection stays as it is, and the access of { $given } is given back.
choose-replace = Replace it with { $given }
choose-replace-why = Everything that uses this connection works with { $given } from now on.
choose-new = Connect { $given } as a new connection
choose-new-why = The connection stays with { $expected }, and a second one is made.
choose-time = If you choose nothing within ten minutes, everything stays as it is.
choose-over = There is nothing to choose any more
choose-over-why = It was chosen already, or ten minutes went by. The connection stayed as it was.
