# Einen Dienst verbinden: auswählen, was erlaubt wird, das Formular, der Rückweg, und was schiefgehen kann.

# Die Auswahl.
connect-pick-title = Dienst verbinden
connect-pick-lead = { $tenant } bittet Sie um eine Verbindung.
connect-pick-had = Eine vorhandene verwenden
connect-pick-new = Eine neue anlegen
connect-pick-use = Verwenden
connect-pick-use-named = Verwenden: { $name }
connect-pick-search = Dienste durchsuchen
connect-pick-search-button = Suchen
connect-pick-found = { $n ->
    [one] Ein Dienst
   *[other] { $n } Dienste
}
connect-pick-none = Kein Dienst passt dazu. Versuchen Sie es mit einem anderen Wort.
connect-pick-empty = Hier lässt sich noch kein Dienst verbinden. Sagen Sie { $tenant } Bescheid.
connect-pick-categories = Arten von Diensten
connect-pick-all = Alle
connect-pick-another = Anderen Dienst wählen
connect-pick-taken = Diese Verbindung lässt sich hier nicht verwenden
connect-pick-taken-why = Sie wurde gelöscht, funktioniert nicht mehr oder gehört jemand anderem. Es wurde nichts geändert.

category-communication = Kommunikation
category-crm = Kunden
category-developer = Entwicklung
category-email = E-Mail
category-files = Dateien
category-identity = Identität
category-marketing = Marketing
category-productivity = Arbeit
category-social = Soziale Medien

# Die Seite eines Dienstes.
connect-title = { $provider } verbinden
connect-title-again = { $provider } erneut verbinden
connect-default-name = Meine Verbindung zu { $provider }
connect-renews = Damit erneuern Sie { $name }.
connect-renews-account = Damit erneuern Sie { $name }, verbunden als { $account }. Nehmen Sie bei { $provider } dasselbe Konto.
connect-opened-by = { $tenant } hat diese Seite für Sie geöffnet. Geben Sie ihre Adresse nicht weiter.
connect-how = Art der Verbindung
connect-read-more = Mehr dazu bei { $host }
connect-go-on = Weiter zu { $provider }
connect-submit = Verbinden
connect-name = Name dieser Verbindung
connect-name-help = Daran erkennen Sie sie später. Sie können ihn ändern.
connect-name-empty = Geben Sie der Verbindung einen Namen.
connect-name-long = Der Name einer Verbindung hat höchstens 120 Zeichen.
connect-name-line = Der Name einer Verbindung ist eine Zeile einfacher Text.
connect-optional = freiwillig
connect-only-where = Nur wenn { $field } { $values } ist.
connect-or = { " " }oder{ " " }
connect-example = Zum Beispiel
connect-where-secret-goes = Was Sie als Geheimnis eingeben, wird an diese Adresse gesendet und an keine andere. Vergewissern Sie sich, dass sie stimmt.
connect-choose = Bitte wählen …
connect-advanced = Erweiterte Einstellungen anzeigen
connect-look-again = Bitte sehen Sie sich das noch einmal an:

# Was an einem Feld nicht stimmt.
connect-field-needed = { $field } wird gebraucht.
connect-field-long = { $field } ist zu lang.
connect-field-line = { $field } darf nur eine Zeile sein.
connect-field-form = { $field } hat nicht die erwartete Form.
connect-field-form-example = { $field } hat nicht die erwartete Form. Zum Beispiel: { $example }
connect-field-number = { $field } muss eine ganze Zahl sein.
connect-field-switch = { $field } muss an oder aus sein.
connect-field-email = { $field } muss eine E-Mail-Adresse sein.
connect-field-host-label = { $field } darf nur Buchstaben, Ziffern und Bindestriche haben.
connect-field-choice = { $field } muss eine der Möglichkeiten sein.
connect-field-url = { $field } muss eine vollständige https-Adresse sein, zum Beispiel https://api.example.com
connect-field-address = { $field } ist eine Adresse, an die von hier nichts gesendet werden darf.
connect-field-colon = { $field } darf keinen Doppelpunkt enthalten: Server halten, was danach kommt, für das Passwort.
connect-field-unknown = Es wurde etwas geschickt, wonach diese Seite nicht fragt.
connect-field-place = { $field } hat nicht die Form, an der zu erkennen ist, wohin es gehört.

# Was erlaubt wird.
rights-will-do = Was { $tenant } tun kann
rights-asked = Worum { $provider } gebeten wird
rights-needed-for = Gebraucht für: { $actions }
rights-includes = Das umfasst auch: { $rights }.
rights-token-all = { $tenant } kann nicht einschränken, was ein Token erlaubt: Diese Verbindung kann alles, was das Token bei { $provider } darf. Nehmen Sie eines, das nicht mehr darf als nötig.
rights-password-all = { $tenant } kann nicht einschränken, was ein Passwort erlaubt: Diese Verbindung kann alles, was dieser Name bei { $provider } darf. Nehmen Sie einen, der nicht mehr darf als nötig.
rights-provider-all = { $provider } lässt sich nicht um weniger bitten als um alles; was das ist, steht auf der Seite dort.
rights-machine = Was erlaubt ist, hängt davon ab, wie { $tenant } bei { $provider } eingetragen ist.

# Der Rückweg.
connect-back = Zurück zu { $tenant }
connect-back-heading = Fast fertig
connect-back-why = { $tenant } schließt die Verbindung ab. Sie können dieses Fenster schließen.

# Ablehnungen: was geschah und was zu tun ist.
connect-link-unknown = Diesen Link kennen wir nicht
connect-link-unknown-why = Vielleicht wurde er unterwegs abgeschnitten. Es wurde nichts geändert.
connect-link-expired = Dieser Link ist abgelaufen
connect-link-expired-why = Solche Links gelten eine halbe Stunde. Es wurde nichts geändert.
connect-link-ended = Dieser Link ist erledigt
connect-link-ended-why = Er wurde schon benutzt und endete ohne Verbindung. Weiter wurde nichts geändert.
connect-link-gone = Diese Verbindung wurde gelöscht
connect-link-gone-why = Der Link sollte sie erneuern. Es wurde nichts geändert.
connect-link-used = Dieser Link wurde schon benutzt
connect-link-used-why = Die Verbindung, für die er gedacht war, gibt es. Weiter wurde nichts geändert.
connect-link-used-advice = Sie können diese Seite schließen und zur Anwendung zurückkehren, aus der Sie kamen.
connect-connections = Ihre Verbindungen
connect-go-back = Kehren Sie zur Anwendung zurück, aus der Sie kamen, und beginnen Sie dort von vorn.
connect-off = Das lässt sich gerade nicht verbinden
connect-off-why = Der Dienst ist hier im Augenblick ausgeschaltet. Es wurde nichts geändert.
connect-off-advice = Versuchen Sie es später erneut, oder sagen Sie denen Bescheid, die die Anwendung betreiben, aus der Sie kamen.
connect-not-ready = { $provider } ist noch nicht eingerichtet
connect-not-ready-why = { $tenant } ist bei { $provider } noch nicht eingetragen. Es wurde nichts geändert.
connect-not-ready-advice = Sagen Sie { $tenant } Bescheid und öffnen Sie dann diesen Link erneut.
connect-foreign = Dieses Formular kam nicht von dieser Seite
connect-foreign-why = Eine andere Seite hat es geschickt, deshalb wurde es nicht angenommen. Es wurde nichts geändert.
connect-foreign-advice = Öffnen Sie erneut den Link, den Sie bekommen haben, und füllen Sie das Formular dort aus.
connect-too-much-advice = Gehen Sie eine Seite zurück und geben Sie weniger ein.
connect-no-web = { $provider } ist mit einer Adresse eingerichtet, die nicht ins Web führt. Es wurde nichts geändert.
connect-tell = Sagen Sie { $tenant } Bescheid.
connect-too-many = Sie haben in kurzer Zeit sehr oft begonnen, deshalb wurde jetzt nichts begonnen. Warten Sie eine Minute und versuchen Sie es erneut.
connect-unknown-method = Diese Art der Verbindung bietet der Dienst nicht an. Wählen Sie eine andere.
connect-unreachable = { $provider } hat nicht wie erwartet geantwortet, deshalb wurde nichts geändert. Prüfen Sie Ihre Eingaben und versuchen Sie es in einer Minute erneut. Bleibt es dabei, sagen Sie { $tenant } Bescheid.
connect-wrong-set-up = { $provider } ist hier nicht richtig eingerichtet, deshalb wurde nichts geändert. Sagen Sie { $tenant } Bescheid.
connect-nothing-pending = Auf diese Antwort wartet nichts
connect-nothing-pending-why = Sie wurde schon benutzt, dauerte zu lange oder wurde nie von hier angefragt. Es wurde nichts geändert.
connect-wrong-place = Diese Antwort kam an der falschen Stelle an
connect-wrong-place-why = Sie gehört zu einer anderen Anfrage als der, für die sie ankam, und wurde deshalb abgelehnt. Es wurde nichts geändert.
connect-other-browser = Diese Antwort kam in einem anderen Browser an
connect-other-browser-why = Eine Verbindung wird in dem Browser abgeschlossen, in dem sie begonnen hat. Deshalb wurde das abgelehnt. Es wurde nichts geändert.
connect-other-browser-advice = Kehren Sie zur Anwendung zurück, aus der Sie kamen, und beginnen Sie von vorn, in einem Browser und mit erlaubten Cookies.
connect-answer-refused = Die Antwort konnte nicht angenommen werden
connect-answer-refused-why = Was zurückkam, ist nicht das, worum gebeten wurde. Deshalb wurde es abgelehnt. Es wurde nichts geändert.
