# Passes the output of `cargo test` through and ends it with one line that sums up its summaries. On the way it keeps two
# things below target/: the sum, as a line of figures.json, and protocol.md, which says for each statement of the
# specifications which tests hold it and what came of them.
# `-v suite=… -v slice=…` name the run in figures.json; without them it is every test, in short slices.
BEGIN { if (!suite) { suite = "every test"; slice = "short" } }
BEGIN { begun = systime_by_date(); system("mkdir -p target") }
{ print; fflush() }
/^test result: / {
  for (field = 1; field < NF; field++) {
    if ($(field + 1) == "passed;") passed += $field
    if ($(field + 1) == "failed;") failed += $field
  }
}
/^test .* \.\.\. (ok|FAILED)$/ {
  # A story that every authorization server agrees with has its name in front of the server's.
  parts = split($2, path, "::")
  test = path[parts]
  if (path[parts] ~ /^(oidc_provider|django_strict|django_grace)$/) test = path[parts - 1] "::" path[parts]
  keep_statements(test, $NF)
}
END {
  if (suite == "every test") write_table()
  printf "{\"suite\":\"%s\",\"slice\":\"%s\",\"passed\":%d,\"failed\":%d,\"seconds\":%d,\"commit\":\"%s\",\"date\":\"%s\"}\n", \
    suite, slice, passed, failed, systime_by_date() - begun, said_by("git rev-parse --short HEAD"), said_by("date --utc +%F") >> "target/figures.json"
  printf "%d passed, %d failed\n", passed, failed
  exit (failed > 0 || passed == 0)
}

# A test may hold several statements: `core_1_core_2_id_1_the_authorization_request_…`.
function keep_statements(test, result,    words, count, word, id) {
  count = split(test, words, "_")
  for (word = 1; word < count; word++) {
    if (words[word] ~ /^(core|bear|pkce|st|ref|rev|md|id|lk)$/ && words[word + 1] ~ /^[0-9]+$/) {
      id = sprintf("%s-%02d", toupper(words[word]), words[word + 1])
      held[id] = held[id] sprintf("| %s | `%s` | %s |\n", toupper(words[word]) "-" words[word + 1], test, tolower(result))
    }
  }
}

function write_table(    id, sorted) {
  sorted = "sort -t '|' -k 2,2V > target/protocol.md"
  print "| statement | test | result |\n| --- | --- | --- |" > "target/protocol.md"
  close("target/protocol.md")
  sorted = "sort -t '|' -k 2,2V >> target/protocol.md"
  for (id in held) printf "%s", held[id] | sorted
  close(sorted)
}

function said_by(command,    line) {
  command | getline line
  close(command)
  return line
}

# mawk has no clock of its own.
function systime_by_date() { return said_by("date +%s") }
