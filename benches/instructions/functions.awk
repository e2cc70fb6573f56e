# Reads a callgrind profile that names each function together with its callers, and prints the
# functions of brama that `measured` entered, as a tree: a number, the name, the file and the line.
#
# The functions that one function calls stand in the order of the call instructions, which in an
# unoptimised build is nearly the order of the source. A function has a number only where it occurs
# first, so the last number is the count of distinct functions. Functions of the standard library and
# of the story are left out, but what they call is not. The variable `sources` is the pattern of
# brama's files, `root` the prefix to remove from their paths.

/^fl=/ { file = substr($0, 4); next }
/^f[ie]=/ { next }
/^fn=/ { context = substr($0, 4); next }
/^cfn=/ { callee = substr($0, 5); next }
/^calls=/ { is_call = 1; next }
/^0x/ && is_call {
  is_call = 0
  if (0 < $3) { calls[context, ++called[context]] = callee }
  next
}
/^0x/ && !(context in line) { line[context] = $2; file_of[context] = file }

END {
  for (context in called) if (context ~ /^functions::measured'/) { visit(context, "") }
}

function visit(context, indent,    place, name) {
  if (context in visited) { return }
  visited[context]
  if (file_of[context] ~ sources) {
    name = substr(context, 1, index(context, "'") - 1)
    sub(root, "", file_of[context])
    printf "%4s %s%s  ", number(name, file_of[context]), indent, name
    printf "%s:%d\n", file_of[context], line[context]
    indent = indent "  "
  }
  for (place = 1; place <= called[context]; place++) { visit(calls[context, place], indent) }
}

function number(name, file) {
  if ((name, file) in known) { return "" }
  known[name, file]
  return ++count
}
