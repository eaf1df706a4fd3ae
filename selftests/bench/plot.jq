# SPDX-License-Identifier: GPL-2.0
# A dimension of `scale` as a picture: a panel for each thing that was measured, one above the other.

include "bench";

def panels: [
	{key: "operations", title: "24 operations, geometric mean", unit: "ratio to the least", scale: 1},
	{key: "start", title: "start", unit: "millions of instructions", scale: 1e6},
	{key: "start_first", title: "first start, with the compiler", unit: "millions of instructions", scale: 1e6},
	{key: "memory", title: "memory", unit: "bytes each", scale: 1}];

# Numbers as they are read: 3 digits that count.
def short: if . == 0 then "0" else (fabs | log10 | floor) as $power
	| rounded([2 - $power, 0] | max) | tostring end;

def text($x; $y; $anchor; $size; $what):
	"<text x=\"\($x | rounded(1))\" y=\"\($y | rounded(1))\" text-anchor=\"\($anchor)\" font-size=\"\($size)\">\($what | @html)</text>";

def line($x1; $y1; $x2; $y2; $style):
	"<line x1=\"\($x1 | rounded(1))\" y1=\"\($y1 | rounded(1))\" x2=\"\($x2 | rounded(1))\" y2=\"\($y2 | rounded(1))\" \($style)/>";

# $points: [[number, value]...]; the panel is 540 wide, 150 high, its top at $top. The number's
# axis is logarithmic, the value's begins at 0, or for ratios below the least.
def panel($points; $panel; $goal; $top; $name):
	($points | map(.[0])) as $numbers | ($points | map(.[1])) as $values
	| (if $panel.key == "operations" then ([$values[], 1] | min) - 0.01 else 0 end) as $low
	| (([$values[], ($goal // empty)] | max) as $most
		| if $panel.key == "operations" then $most + 0.01 else $most * 1.15 end
		| if . <= $low then $low + 1 else . end) as $high
	| (($numbers | min | log10)) as $first
	| (($numbers | max | log10) - $first | if . == 0 then 1 else . end) as $span
	| def x: 90 + ((log10 - $first) / $span) * 520;
	  def y: $top + 150 - ((. - $low) / ($high - $low)) * 150;
	(text(90; $top - 10; "start"; 13; "\($panel.title), \($panel.unit)"),
	line(90; $top + 150; 610; $top + 150; "stroke=\"black\""),
	line(90; $top; 90; $top + 150; "stroke=\"black\""),
	(range(5) | $low + ($high - $low) * . / 4
		| line(86; y; 90; y; "stroke=\"black\""), text(82; y + 4; "end"; 11; . / $panel.scale | short)),
	($numbers[] | line(x; $top + 150; x; $top + 154; "stroke=\"black\""),
		text(x; $top + 168; "middle"; 11; tostring)),
	text(350; $top + 184; "middle"; 11; "number of \($name)"),
	(if $goal then ($goal | line(90; y; 610; y; "stroke=\"#c00\" stroke-dasharray=\"6 4\""),
		text(610; y - 4; "end"; 11; "goal: at most \($goal / $panel.scale)")) else empty end),
	"<polyline fill=\"none\" stroke=\"#05a\" stroke-width=\"2\" points=\"" + ([$points[]
		| "\(.[0] | x | rounded(1)),\(.[1] | y | rounded(1))"] | join(" ")) + "\"/>",
	($points[] | "<circle cx=\"\(.[0] | x | rounded(1))\" cy=\"\(.[1] | y | rounded(1))\" r=\"3\" fill=\"#05a\"/>"));

def plot($kernel; $dimension): .kernel[$kernel] as $k | $k.scale[$dimension] as $rows
	| [panels[] | . as $panel
		| [$rows | to_entries[] | select(.value[$panel.key] != null)
			| [(.key | tonumber), .value[$panel.key]]] as $points
		| select($points | length > 0)
		| {panel: $panel, points: $points,
		   goal: (if .key == "operations" then goals.scale
			elif .key == "memory" then goals.memory[$dimension] else null end)}]
	| "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"\(60 + length * 230)\" font-family=\"sans-serif\">",
	"<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
	text(320; 26; "middle"; 15; "What the number of \($dimension) does to a container (kernel \($kernel), \($k.commit))"),
	(to_entries[] | panel(.value.points; .value.panel; .value.goal; 70 + .key * 230; $dimension)),
	"</svg>";
