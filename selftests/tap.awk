# SPDX-License-Identifier: GPL-2.0
# Reads what vm-check says: TAP of several programs, each between "# begin NAME" and
# "# end NAME STATUS", and "# finished" last. Prints a line for each test that failed, and for
# whatever else is wrong; writes "PASSED FAILED" to the file COUNTS.
#
# Strict: a skip, a TODO, a missing or a wrong plan, a number out of order, a program that failed
# without saying which test did, an output that ends too early are failures.

function fail(what) {
	print "FAILED " WHERE ": " what
	failed++
	here++
}

# Ends the program in whose output we are.
function finish(status) {
	if (plan < 0)
		fail(name ": no plan")
	else if (plan == 0)
		fail(name ": plans no test")
	else if (plan != seen)
		fail(name ": planned " plan " tests, " seen " came")
	if (status != 0 && here == 0)
		fail(name ": exit status " status ", though no test failed")
	if (status == 0 && refused > 0)
		fail(name ": exit status 0, though tests failed")
	name = ""
}

BEGIN {
	passed = failed = 0
}

{
	sub(/\r$/, "")
}

/^# begin / {
	if (name != "")
		fail(name ": it did not end")
	name = $3
	plan = -1
	seen = here = refused = 0
	next
}

/^# end / {
	if ($3 != name)
		fail("end of " $3 " in " name)
	else
		finish($4)
	next
}

/^# finished/ {
	whole = name == ""
	next
}

/^1\.\.[0-9]+/ {
	if (name == "" || plan >= 0)
		fail(name ": a plan too many")
	plan = substr($1, 4) + 0
	if (tolower($0) ~ /skip/)
		fail(name ": skipped")
	next
}

/^Bail out!/ {
	fail(name ": " $0)
	next
}

/^(not )?ok/ {
	bad = $1 == "not"
	number = bad ? $3 : $2
	text = $0
	sub(/^(not )?ok *[0-9]* *(- )?/, "", text)
	seen++
	if (name == "")
		fail("a test outside of any program: " text)
	else if (bad) {
		fail(name ": " text)
		refused++
	} else if (number + 0 != seen)
		fail(name ": number " number " in place of " seen ": " text)
	else if (toupper(text) ~ /# *(SKIP|TODO)/)
		fail(name ": " text)
	else
		passed++
	next
}

END {
	if (name != "")
		fail(name ": it did not end")
	else if (!whole)
		fail("the output ends too early")
	print passed, failed > COUNTS
}
