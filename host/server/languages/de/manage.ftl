# Die Liste.
connections-empty = Sie haben noch keine Verbindungen
connections-empty-advice = Mit einer Verbindung nutzen Sie einen anderen Dienst von hier aus. Wählen Sie einen Dienst, sehen Sie, was erlaubt wird, und melden Sie sich dort einmal an.
connections-none-fit = Nichts passt zu Ihrer Suche. Suchen Sie weniger genau oder zeigen Sie alles.
connections-none-here = Auf dieser Seite passt nichts. Auf der nächsten kann es mehr geben.
connections-unreadable = { $n ->
    [one] Eine Verbindung lässt sich nicht lesen und fehlt hier. Sagen Sie es denen, die diesen Dienst betreiben.
   *[other] { $n } Verbindungen lassen sich nicht lesen und fehlen hier. Sagen Sie es denen, die diesen Dienst betreiben.
}
connections-search = Suche
connections-service = Dienst
connections-status = Status
connections-person = Gehört
connections-sort = Reihenfolge
connections-any = Alle
connections-apply = Zeigen
connections-clear = Alles zeigen
connections-name = Verbindung
connections-account = Konto
connections-rights = Zugriffsrechte
connections-verified = Zuletzt geprüft
connections-ends = Endet
connections-do = Was Sie tun können
connections-pages = Seiten
connections-first-page = Erste Seite
connections-next-page = Nächste Seite
connections-rights-of = { $n } von { $m } Aktionen
connections-rights-scopes = { $n ->
    [0] alles, was das Konto darf
    [one] { $n } Berechtigung
   *[other] { $n } Berechtigungen
}
connections-status-attention = Braucht Aufmerksamkeit
connections-status-active = Funktioniert
connections-status-expiring = Endet bald
connections-status-needs-reauthorization = Braucht erneut Ihre Zustimmung
connections-status-failing = Funktioniert nicht
connections-status-uncertain = Unsicher
connections-status-pending = Nicht fertig
connections-status-revoked = Beendet
connections-sort-newest = Neueste zuerst
connections-sort-oldest = Älteste zuerst
connections-sort-name = Nach Namen
connections-sort-service = Nach Dienst
connections-sort-attention = Was Aufmerksamkeit braucht zuerst
connections-sort-verified = Am längsten nicht geprüft zuerst
connections-sort-ends = Was am ehesten endet zuerst

# Eine Verbindung.
connection-none = Diese Verbindung gibt es nicht
connection-none-why = Sie wurde gelöscht oder gehört jemand anderem. Es wurde nichts geändert.
connection-to-list = Zu Ihren Verbindungen
connection-to-one = Zur Verbindung
connection-trail = Wo Sie sind
connection-shared = Gemeinsam
connection-shared-refused = Diese Verbindung ist eine gemeinsame
connection-shared-why = Alle hier arbeiten mit dieser Verbindung, darum ändert sie nur, wer hier verwaltet.
connection-details = Einzelheiten
connection-account-unknown = noch nicht bekannt
connection-ends-never = kein Ende bekannt
connection-verify = Prüfen
connection-verify-of = { $name } prüfen
connection-rename = Umbenennen
connection-rename-of = { $name } umbenennen
connection-new-name = Neuer Name
connection-save = Speichern
connection-cancel = Abbrechen
connection-reauthorize = Erneut zustimmen
connection-reauthorize-of = { $name } erneut zustimmen
connection-delete = Löschen
connection-delete-of = { $name } löschen
connection-choose = Fertigstellen
connection-anew = Neu verbinden
connection-name-empty = Geben Sie der Verbindung einen Namen.
connection-name-too-long = Dieser Name hat { $n } Zeichen. Kürzen Sie ihn auf höchstens { $limit }.
connection-name-control = Ein Name ist eine Zeile einfacher Text. Entfernen Sie Zeilenumbrüche und andere unsichtbare Zeichen.
connection-facts = Über diese Verbindung
connection-method = Verbunden durch
connection-target = Zeigt auf
connection-target-which = Worauf soll diese Verbindung zeigen?
connection-target-why = Das Konto erreicht mehrere. Die Verbindung arbeitet mit dem, was Sie nehmen.
connection-target-take = Das nehmen
connection-took = Der Dienst antwortete in { $ms } ms.
connection-access-ends = Zugang wird erneuert vor
connection-known-response = Das hat der Dienst gesagt.
connection-known-jwt = Das steht im Zugang selbst.
connection-known-declared = So beschreibt es der Dienst.
connection-known-assumed = Niemand hat es gesagt; das nehmen wir an.
connection-known-imported = Das wurde beim Übernehmen gesagt.
connection-made = Angelegt
connection-tokens = Arten des Zugangs
connection-token-lost = verloren
connection-uses = Wo sie genutzt wird
connection-uses-none = Keine Anwendung hat gesagt, dass sie diese Verbindung nutzt.
connection-uses-more = Sie wird an { $n } Stellen genutzt; das sind die ersten.
connection-twins = Dasselbe Konto ist noch einmal verbunden
connection-health = Die letzten 30 Tage
connection-health-good = { $good ->
    [0] Über die letzten { $days } Tage ist noch nichts bekannt.
    [one] Sie funktionierte an dem einen Tag, der von den letzten { $days } bekannt ist.
   *[other] Sie funktionierte an allen { $good } Tagen, die von den letzten { $days } bekannt sind.
}
connection-health-bad = Von den letzten { $days } Tagen funktionierte sie an { $good }, und an { $bad } gab es Störungen.
connection-health-unknown = nicht bekannt
connection-timeline = Was geschah
connection-timeline-older = Älteres
connection-timeline-newest = Neuestes
connection-switched-off = { $provider } ist hier zurzeit abgeschaltet, darum lassen sich die Zugriffsrechte nicht zeigen. Es wurde nichts geändert.
connection-choose-first = Sie ist verbunden und wartet darauf, dass Sie wählen, worauf sie zeigt.
connection-said = { $provider } wurde gefragt, und das kam zurück: { $message }
connection-asked-to-reauthorize = Sie wurden gebeten, bei { $provider } erneut zuzustimmen. Wählen Sie Erneut zustimmen und melden Sie sich dort mit demselben Konto an.
connection-is-pending = Sie ist nicht fertig: Noch weiß niemand, ob sie funktioniert. Prüfen Sie sie.
connection-is-active = Sie funktioniert. Es ist nichts zu tun.
connection-is-expiring = Sie funktioniert, und Ihre Zustimmung endet bald. Erneuern Sie sie vorher, damit nichts stehen bleibt.
connection-is-uncertain = Vielleicht funktioniert sie nicht mehr: Der Dienst hat nicht geantwortet, als der Zugang zuletzt erneuert wurde. Prüfen Sie sie; gelingt das nicht, stimmen Sie erneut zu.
connection-is-needs-reauthorization = Sie funktioniert nicht mehr, denn der Dienst verlangt erneut Ihre Zustimmung. Stimmen Sie zu, und alles geht weiter, wo es war.
connection-is-failing = Sie funktioniert zurzeit nicht.
connection-is-revoked = Sie wurde beendet und lässt sich nicht mehr nutzen. Verbinden Sie den Dienst neu.
connection-failed-reauthorize = Der Dienst nimmt diese Verbindung nicht mehr an. Stimmen Sie erneut zu.
connection-failed-insufficient-scope = Der Dienst sagt, dass eine Berechtigung fehlt. Stimmen Sie erneut zu und erlauben Sie, worum gebeten wird.
connection-failed-misconfigured = An dieser Verbindung ist etwas falsch eingerichtet. Stimmen Sie erneut zu und prüfen Sie Ihre Eingaben.
connection-failed-retry = Der Dienst bat uns zu warten. Prüfen Sie sie in ein paar Minuten erneut.
connection-failed-provider-down = Der Dienst ist nicht erreichbar oder gestört. Prüfen Sie sie später erneut; Sie müssen nichts ändern.
connection-failed-unsupported = Der Dienst kann nicht, was von ihm verlangt wurde.
connection-failed-other = Der Dienst hat so geantwortet, dass wir es nicht verstehen. Prüfen Sie sie später erneut.

# Was eben geschah.
connection-told-verified = Eben geprüft: Sie funktioniert und gehört { $account }.
connection-told-verified-nameless = Eben geprüft: Sie funktioniert.
connection-told-not-verified = Eben geprüft: Sie funktioniert nicht. { $why }
connection-told-renamed = Sie heißt jetzt { $name }.
connection-told-connected = Verbunden als { $account }.
connection-told-connected-nameless = Verbunden.
connection-told-reconnected = Ihre Zustimmung ist erneuert. Verbunden als { $account }.
connection-told-reconnected-nameless = Ihre Zustimmung ist erneuert.
connection-told-pointed = Sie zeigt auf das, was Sie gewählt haben.
connection-told-kept = Es wurde nichts geändert: Die Verbindung gehört { $account } wie zuvor.
connection-told-replaced = Die Verbindung gehört jetzt { $account }.
connection-told-replaced-nameless = Die Verbindung gehört jetzt dem anderen Konto.
connection-told-connected-as-new = Eine neue Verbindung wurde angelegt, als { $account }. Die andere blieb, wie sie war.
connection-told-connected-as-new-nameless = Eine neue Verbindung wurde angelegt. Die andere blieb, wie sie war.

# Zugriffsrechte.
rights-title = Zugriffsrechte
rights-unlimited = { $provider } kann nicht einschränken, was diese Verbindung darf: Sie kann alles, was ihr Konto darf.
rights-unstated = { $provider } hat nicht gesagt, was erlaubt wurde; das hier ist, worum gebeten wurde.
rights-actions = Wofür diese Verbindung da ist
rights-actions-none = Für sie wurde keine Aktion gewählt.
rights-reads = liest
rights-changes = ändert
rights-manages = verwaltet
rights-allowed = möglich
rights-blocked = nicht möglich
rights-lacks = Dafür fehlt: { $rights }
rights-missing-title = Erbeten und nicht gegeben
rights-granted-title = Gegeben
rights-implied-title = Kommt mit dem Gegebenen
rights-unasked-title = Gegeben, ohne dass darum gebeten wurde
rights-serves = Nötig für: { $actions }
rights-requested = Erbeten: { $rights }
rights-granted = gegeben
rights-implied = kommt mit
rights-missing = fehlt
rights-grid = Wer welche Berechtigung braucht
rights-permission = Berechtigung
rights-needs = braucht sie
rights-needs-lacks = braucht sie, und sie fehlt
rights-needs-not = braucht sie nicht
rights-add = Aktion hinzufügen
rights-add-which = Was soll sie außerdem können?
rights-add-how = Sie stimmen bei { $provider } erneut zu. Die Verbindung bleibt dieselbe, und was sie schon kann, bleibt.
rights-add-go = Weiter zu { $provider }
rights-needs-nothing = Braucht nichts, was nicht schon gegeben ist.
rights-would-need = Bräuchte: { $rights }

# Was geschah.
event-account-kept = Das Konto wurde behalten
event-account-replaced = Das Konto wurde ersetzt
event-created = Verbunden
event-deleted = Gelöscht
event-ended = Beendet
event-expiring = Die Zustimmung endet bald
event-exported = Auf einen anderen Host kopiert
event-failing = Funktioniert nicht mehr
event-imported = Übernommen
event-import-refused = Wurde nicht übernommen
event-needs-reauthorization = Erneute Zustimmung ist nötig
event-no-longer-used = An einer Stelle nicht mehr genutzt
event-other-account = Ein anderes Konto hat zugestimmt
event-pointed = Zeigt auf etwas
event-reauthorized = Erneut zugestimmt
event-refresh-failed = Der Zugang ließ sich nicht erneuern
event-refresh-uncertain = Es ist nicht bekannt, ob der Zugang erneuert wurde
event-refreshed = Zugang erneuert
event-renamed = Umbenannt
event-same-account = Dasselbe Konto ist noch einmal verbunden
event-step-failed = Das Verbinden kam nicht weiter
event-target-wanted = Wartet auf eine Wahl
event-used = An einer Stelle genutzt
event-verified = Geprüft
by-you = durch Sie
by-itself = automatisch
by-person = durch { $name }
by-administrator = durch die Verwaltung
by-somebody = durch die Person, der sie gehört
by-application = durch die Anwendung

# Löschen.
delete-title = { $name } löschen?
delete-will-revoke = { $provider } wird mitgeteilt, dass der Zugang vorbei ist, damit ihn auch dort niemand mehr nutzen kann.
delete-will-tell = { $provider } lässt sich nicht mitteilen, dass der Zugang vorbei ist. Beenden Sie ihn danach dort selbst:
delete-will-not-revoke = { $provider } lässt sich nicht mitteilen, dass der Zugang vorbei ist. Er wird hier entfernt und bleibt dort gültig, bis er von selbst endet.
delete-for-good = Was diese Verbindung nutzt, funktioniert dann nicht mehr. Das lässt sich nicht rückgängig machen.
delete-used = { $n ->
    [one] Sie wird an einer Stelle genutzt, die dann nicht mehr funktioniert:
   *[other] Sie wird an { $n } Stellen genutzt, die dann nicht mehr funktionieren:
}
delete-although-used = Löschen, obwohl sie genutzt wird
delete-twins = Dasselbe Konto ist noch einmal verbunden
delete-twins-why = Bei { $provider } kann das Ende des einen Zugangs auch die anderen beenden:
delete-twins-others = { $n ->
    [one] eine Verbindung von jemand anderem
   *[other] { $n } Verbindungen von anderen
}
delete-twins-keep = Nur hier entfernen. { $provider } erfährt nichts, und die anderen funktionieren weiter.
delete-twins-end = Auch den Zugang bei { $provider } beenden. Die anderen funktionieren dann vielleicht nicht mehr.
delete-go = Löschen
deleted-title = { $name } ist gelöscht
deleted-revoked = { $provider } hat bestätigt, dass der Zugang vorbei ist.
deleted-unsupported = { $provider } lässt sich das nicht mitteilen. Der Zugang ist hier entfernt; dort bleibt er gültig, bis er von selbst endet.
deleted-instructions = Sie ist hier entfernt. Beenden Sie den Zugang bei { $provider } selbst:
deleted-queued = Sie ist hier entfernt. { $provider } ließ sich das noch nicht mitteilen; das wird versucht, bis es gelingt.
deleted-failed = Sie ist hier entfernt. { $provider } hat nicht angenommen, dass der Zugang vorbei ist: Beenden Sie ihn dort in den Einstellungen Ihres Kontos.
deleted-kept = Sie ist hier entfernt. { $provider } wurde nichts mitgeteilt, damit die anderen Verbindungen weiter funktionieren.
deleted-twins = Die anderen Verbindungen zu diesem Konto, wie sie jetzt stehen

# Eine anlegen.
new-which = Welchen Dienst möchten Sie verbinden?
new-search = Nach einem Dienst suchen
new-services = Dienste
new-nothing = Hier ist noch kein Dienst eingerichtet. Sagen Sie es denen, die das hier betreiben.
new-none-fit = Kein Dienst passt dazu.
new-title = { $provider } verbinden
new-what-for = Wofür ist sie da?
new-what-for-why = Erbeten wird nur, was dafür nötig ist. Sie können später mehr hinzufügen.
new-go = Weiter
new-other = Ein anderer Dienst
connect-not-offered = Das lässt sich zurzeit nicht verbinden
connect-not-offered-why = Der Dienst ist hier abgeschaltet oder bietet nicht mehr, was gewählt wurde. Es wurde nichts geändert.

# Zurückkommen.
finish-again = Erneut versuchen
finish-not-yours = Das haben nicht Sie begonnen
finish-not-yours-why = Eine Verbindung beendet die Person, die sie begonnen hat, als diese Person angemeldet. Es wurde nichts geändert.
finish-not-yet = Das ist nicht fertig
finish-not-yet-why = Sie sind noch nicht vom Dienst zurückgekommen. Es wurde nichts geändert.
finish-over = Das hat zu lange gedauert oder wurde schon getan
finish-over-why = Was zurückkam, gilt einmal und zwei Minuten lang. Sehen Sie bei Ihren Verbindungen nach: Ist sie nicht dort, beginnen Sie erneut.
finish-denied = Sie haben es nicht erlaubt
finish-denied-why = Der Dienst hat Sie gefragt, und die Antwort war nein. Es wurde nichts geändert.
finish-ended = Das endete ohne eine Verbindung
finish-ended-why = Der Dienst hat es nicht fortgesetzt. Es wurde nichts geändert.
finish-unproven = Die neue Zustimmung hat nicht funktioniert
finish-unproven-why = Die Verbindung blieb, wie sie war.
finish-refused = Der Dienst gab keinen Zugang
finish-refused-why = Es wurde nichts geändert.
choose-title = Das ist ein anderes Konto
choose-why = Diese Verbindung gehört { $expected }, und Sie haben sich als { $given } angemeldet. Noch wurde nichts geändert. Was möchten Sie?
choose-keep = { $expected } behalten
choose-keep-why = Die Verbindung bleibt, wie sie ist, und der Zugang von { $given } wird zurückgegeben.
choose-replace = Durch { $given } ersetzen
choose-replace-why = Alles, was diese Verbindung nutzt, arbeitet ab jetzt mit { $given }.
choose-new = { $given } als neue Verbindung anlegen
choose-new-why = Die Verbindung bleibt bei { $expected }, und eine zweite wird angelegt.
choose-time = Wählen Sie innerhalb von zehn Minuten nichts, bleibt alles, wie es ist.
choose-over = Hier ist nichts mehr zu wählen
choose-over-why = Es wurde schon gewählt, oder zehn Minuten sind vergangen. Die Verbindung blieb, wie sie war.
