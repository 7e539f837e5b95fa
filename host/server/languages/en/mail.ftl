# Mails about connections.
mail-greeting = Hello { $name },
mail-greeting-nobody = Hello,
mail-why = You get this mail because a connection at { $brand } is looked after under your address.

mail-ends-subject = { $days ->
    [one] Access to { $service } ends tomorrow: { $connection }
   *[other] Access to { $service } ends in { $days } days: { $connection }
}
mail-ends-what = { $days ->
    [one] Your connection “{ $connection }” to { $service } ({ $account }) may be used for one more day. Then its permission ends.
   *[other] Your connection “{ $connection }” to { $service } ({ $account }) may be used for { $days } more days. Then its permission ends.
}
mail-ends-todo = Renew it before then, and everything that uses it goes on without a break. It stays the same connection.
mail-ends-button = Renew the permission

mail-broke-subject = { $service } does not work any more: { $connection }
mail-broke-what = Your connection “{ $connection }” to { $service } ({ $account }) stopped working. What uses it stands still until it works again.
mail-broke-todo = Give your consent again: it takes a minute, and it stays the same connection.
mail-broke-todo-misconfigured = Something is set up wrongly. Have a look at the connection; if you cannot mend it, ask for help.
mail-broke-todo-other = Have a look at the connection: it says what was tried, and lets you connect again.
mail-broke-button = Mend the connection

mail-recovered-subject = { $service } works again: { $connection }
mail-recovered-what = Your connection “{ $connection }” to { $service } ({ $account }) works again.
mail-recovered-todo = You need not do anything.
mail-recovered-button = See the connection

mail-many-ends-subject = { $count } permissions at { $service } end soon
mail-many-ends-what = The permissions of { $count } connections to { $service } end soon.
mail-many-ends-todo = Renew them before then, and everything that uses them goes on without a break.
mail-many-ends-button = See the connections

mail-many-broke-subject = { $count } connections to { $service } do not work any more
mail-many-broke-what = { $count } connections to { $service } stopped working at about the same time.
mail-many-broke-todo = Have a look at them: the list shows which ones need your consent again.
mail-many-broke-button = See the connections

mail-many-recovered-subject = { $count } connections to { $service } work again
mail-many-recovered-what = { $count } connections to { $service } work again.
mail-many-recovered-todo = You need not do anything.
mail-many-recovered-button = See the connections
