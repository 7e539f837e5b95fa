# Mails about connections.
mail-greeting = Guten Tag { $name },
mail-greeting-nobody = Guten Tag,
mail-why = Sie erhalten diese Mail, weil eine Verbindung bei { $brand } unter Ihrer Adresse betreut wird.

mail-ends-subject = { $days ->
    [one] Der Zugang zu { $service } endet morgen: { $connection }
   *[other] Der Zugang zu { $service } endet in { $days } Tagen: { $connection }
}
mail-ends-what = { $days ->
    [one] Ihre Verbindung „{ $connection }“ zu { $service } ({ $account }) darf noch einen Tag benutzt werden. Dann endet die Erlaubnis.
   *[other] Ihre Verbindung „{ $connection }“ zu { $service } ({ $account }) darf noch { $days } Tage benutzt werden. Dann endet die Erlaubnis.
}
mail-ends-todo = Erneuern Sie sie vorher, dann läuft alles, was sie benutzt, ohne Unterbrechung weiter. Es bleibt dieselbe Verbindung.
mail-ends-button = Erlaubnis erneuern

mail-broke-subject = { $service } funktioniert nicht mehr: { $connection }
mail-broke-what = Ihre Verbindung „{ $connection }“ zu { $service } ({ $account }) funktioniert nicht mehr. Was sie benutzt, steht still, bis sie wieder funktioniert.
mail-broke-todo = Stimmen Sie noch einmal zu: Es dauert eine Minute, und es bleibt dieselbe Verbindung.
mail-broke-todo-misconfigured = Etwas ist falsch eingestellt. Sehen Sie sich die Verbindung an; wenn Sie es nicht beheben können, bitten Sie um Hilfe.
mail-broke-todo-other = Sehen Sie sich die Verbindung an: Dort steht, was versucht wurde, und Sie können sich neu verbinden.
mail-broke-button = Verbindung in Ordnung bringen

mail-recovered-subject = { $service } funktioniert wieder: { $connection }
mail-recovered-what = Ihre Verbindung „{ $connection }“ zu { $service } ({ $account }) funktioniert wieder.
mail-recovered-todo = Sie müssen nichts tun.
mail-recovered-button = Verbindung ansehen

mail-many-ends-subject = { $count } Erlaubnisse bei { $service } enden bald
mail-many-ends-what = Die Erlaubnisse von { $count } Verbindungen zu { $service } enden bald.
mail-many-ends-todo = Erneuern Sie sie vorher, dann läuft alles, was sie benutzt, ohne Unterbrechung weiter.
mail-many-ends-button = Verbindungen ansehen

mail-many-broke-subject = { $count } Verbindungen zu { $service } funktionieren nicht mehr
mail-many-broke-what = { $count } Verbindungen zu { $service } haben etwa zur gleichen Zeit aufgehört zu funktionieren.
mail-many-broke-todo = Sehen Sie sie sich an: Die Liste zeigt, welche Ihre Zustimmung noch einmal brauchen.
mail-many-broke-button = Verbindungen ansehen

mail-many-recovered-subject = { $count } Verbindungen zu { $service } funktionieren wieder
mail-many-recovered-what = { $count } Verbindungen zu { $service } funktionieren wieder.
mail-many-recovered-todo = Sie müssen nichts tun.
mail-many-recovered-button = Verbindungen ansehen
