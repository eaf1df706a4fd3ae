# SPDX-License-Identifier: GPL-2.0
# Tables of `make bench`: made from the lines that `guest` prints, merged, shown, compared.
# A column is a way to be confined; a cell is a count of instructions.

# Columns as they are shown; a result may lack some.
def columns: ["none", "apparmor_unconfined", "apparmor", "selinux", "off", "floor", "host", "container",
	"strict"];

# The operations of the geometric mean, in their order.
def operations: ["getppid", "stat_tmpfs", "openclose_tmpfs", "stat_ov4", "openclose_ov4", "read1",
	"write1", "mmap_munmap", "fork_exit", "fork_exec", "pipe_rt", "unix_conn", "tcp_conn",
	"tcp_rt", "udp_rt", "socket_inet", "socketpair", "unix_rw1", "mkdir_rmdir",
	"creat_unlink", "creat_unlink_ov4", "rename", "chmod", "kill0"];

def median: sort | if length % 2 == 1 then .[length / 2 | floor]
	else (.[length / 2 - 1] + .[length / 2]) / 2 end;

def geomean: if length == 0 or any(.[]; . <= 0) then error("no geometric mean of \(.)")
	else (map(log) | add / length | exp) end;

def rounded($digits): pow(10; $digits) as $scale | (. * $scale | round) / $scale;

# "KIND NAME COLUMN COUNT" lines of some seeds to {KIND: {NAME: {COLUMN: median}}}.
def cells: reduce (splits("\n") | select(. != "") | split(" ")
		| if length == 4 and (.[3] | test("^[0-9]+$")) then . else error("bad line: \(.)") end)
		as [$kind, $name, $column, $count] ({}; .[$kind][$name][$column] += [$count | tonumber])
	| map_values(map_values(map_values(median)));

# Over the 24, as ratio to no LSM, of each column that has them all.
def geomeans: . as $table
	| [columns[] | . as $column
		| select(all(operations[]; $table[.][$column] and $table[.].none))
		| {($column): ([operations[] | $table[.][$column] / $table[.].none] | geomean | rounded(4))}]
	| add // {};

# The dimensions of scale, and what is held against a number. Policies are counted among 10,000
# containers, so what they do to the operations is to those of one container and no other policy.
def dimensions: {containers: "containers", policies: "containers", rules: "rules",
	categories: "categories", inodes: "inodes"};

def by_number: to_entries | sort_by(.key | tonumber) | from_entries;

# By number: the operations' geometric mean as ratio to that with the least, and all that is not an
# operation as it is.
def scales($reference): ($reference | by_number | to_entries | .[0].value) as $least
	| by_number | map_values(. as $cells
		| (if all(operations[]; $cells[.] and $least[.])
			then {operations: ([operations[] | $cells[.] / $least[.]] | geomean | rounded(4))} else {} end)
		+ with_entries(select(.key | IN("memory", "floor", "left", "start", "start_first"))));

# One kernel's result. What the geometric mean is not of is kept apart.
def result: cells
	| (.start // {}) as $start
	| (.work // {}) as $work
	| . as $kinds
	| (.op // {}) as $all
	| reduce operations[] as $name ({}; if $all[$name] then .[$name] = $all[$name] else . end)
	| . as $operations
	| {geomean: geomeans, operations: $operations,
	   more: ($all | with_entries(select(.key as $key | operations | index($key) | not))),
	   work: $work, start: $start,
	   scale: (dimensions | with_entries(. as $dimension | select($kinds[.key])
		| .value = ($kinds[$dimension.key] | scales($kinds[$dimension.value] // {}))))};

def cell($base): if . == null then "" elif $base then . / $base | rounded(3) | tostring else tostring end;

def row($shown; $name): . as $cells
	| "| \($name) | \(.none // "") | " + ([$shown[] | . as $column | $cells[$column] | cell($cells.none)]
		| join(" | ")) + " |";

def table($rows; $shown; $first): .
	| "| \($first) | none, instr. | " + ($shown | join(" | ")) + " |",
	  "|" + ([range($shown | length + 2) | "---|"] | add),
	  ($rows[] | . as $entry | $entry.value | row($shown; $entry.key));

def markdown($kernel): .kernel[$kernel] as $k
	| [columns[] | select(. != "none" and (. as $c | any($k.operations[]; .[$c])))] as $shown
	| "### Kernel \($kernel): instructions without an LSM, and ratios to them", "",
	  ({} | table(($k.operations | to_entries); $shown; "operation")),
	  "| **geometric mean** | | " + ([$shown[] | $k.geomean[.] | if . then "**\(.)**" else "" end] | join(" | ")) + " |", "",
	  ({} | table(($k.more // {} | to_entries); $shown; "more")),
	  (if ($k.work // {}) != {} then "", ({} | table(($k.work | to_entries); $shown; "work"))
	   else empty end),
	  (if ($k.start // {}) != {} then "", "| start, millions of instructions | "
		+ ([columns[]] | join(" | ")) + " |", "|" + ([range(columns | length + 1) | "---|"] | add),
		($k.start | to_entries[] | "| \(.key) | " + (.value as $v | [columns[] | $v[.]
			| if . then . / 1e6 | rounded(1) | tostring else "" end] | join(" | ")) + " |")
	   else empty end),
	  ($k.scale // {} | to_entries[] | .value as $rows
		| (["operations", "start", "start_first", "memory", "floor", "left"]
			| map(select(. as $name | any($rows[]; .[$name] != null)))) as $what
		| "", "| \(.key) | " + ($what | map({operations: "operations, ratio", start: "start, instr.",
			start_first: "first start, instr.", memory: "bytes each",
			floor: "bytes each, of eight with the inode", 			left: "bytes each, after they are gone"}[.]) | join(" | ")) + " |",
		"|" + ([range($what | length + 1) | "---|"] | add),
		($rows | to_entries[] | .value as $cells
			| "| \(.key) | " + ([$what[] | $cells[.] // "" | tostring] | join(" | ")) + " |"));

# What is to be reached, as ratios and bytes; see README.md.
def goals: {"6.1": {host: 1.05, container: 1.10}, "6.12": {host: 1.05, container: 1.10},
	"7.3": {host: 1.03, container: 1.07},
	work: {host: 1.02, container: 1.04}, scale: 1.02, start: 15e6,
	memory: {containers: 2048, policies: 1048576, rules: 1048576, inodes: 128}};

# A line for each goal that is missed.
def missed($kernel): .kernel[$kernel] as $k
	| def over($value; $goal; $what): select($value and $value > $goal)
		| "\($what): \($value), goal \($goal)";
	(goals[$kernel] | to_entries[] | over($k.geomean[.key]; .value; "geometric mean, \(.key)")),
	($k.operations | to_entries[] | .key as $name | .value
		| select(.container and .selinux and .none and .container > .selinux)
		| "\($name), container: dearer than selinux, \(.container / .none | rounded(3)) to \(.selinux / .none | rounded(3))"),
	($k.work // {} | to_entries[] | .key as $name | .value as $cells
		| (goals.work | to_entries[] | .key as $column
			| ($cells[$column] | if . then . / $cells.none | rounded(4) else null end) as $ratio
			| over($ratio; .value; "work \($name), \($column)"),
			(["selinux", "apparmor"][] | . as $other | select($cells[$other] and $cells[$column])
				| select($cells[$column] >= $cells[$other])
				| "work \($name), \($column): not below \($other), \($ratio) to \($cells[$other] / $cells.none | rounded(4))"))),
	($k.start.our_part.container as $part | over($part; goals.start; "our part of a start")),
	($k.scale // {} | to_entries[] | .key as $dimension | .value | to_entries[]
		| over(.value.operations; goals.scale; "operations with \(.key) \($dimension)"),
		over(.value.memory; goals.memory[$dimension] // infinite; "memory of each of \(.key) \($dimension)"));

# Cells of all tables by their path. Geometric means are ratios, the rest counts; a fall is good.
def flat: [paths(numbers) as $path | select($path | index("seeds") | not)
	| {key: ($path | map(tostring) | join(" ")), value: getpath($path)}] | from_entries;

# What is dearer than in $old by more than 1 %, the worst first. Only what both have counts.
def dearer($old): ($old.kernel | flat) as $was
	| [.kernel | flat | to_entries[] | select($was[.key] and $was[.key] > 0)
		| . + {was: $was[.key], ratio: (.value / $was[.key])} | select(.ratio > 1.01)]
	| sort_by(-.ratio)
	| .[] | "\(.key): \(.was) -> \(.value) (+\((.ratio - 1) * 100 | rounded(1)) %)";
