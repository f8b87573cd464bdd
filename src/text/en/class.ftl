# The class view: a lesson in screens (beats), the run of a seat, and the results of all seats.

class-lesson = Lesson plan
class-exercise = Exercise sheet

class-beat-ask = Ask
class-beat-run = Run
class-beat-predict = Predict
class-beat-reveal = Reveal
class-beat-changed = What changed
class-beat-collect = Collect

class-ask = They see half of the sums. Will they ever get the other half?
class-ask-decay = Weight decay shrinks all weights a little at every step. With three times as much, when will they generalise?
class-ask-no-decay = And with no weight decay at all?
class-ask-gap = Now they train on nine tenths of the sums. Will they still wait?
class-never = Never
class-soon = Soon
class-much-later = Much later
class-sooner = Sooner
class-later = Later
class-gap-as-long = Just as long
class-gap-shorter = Yes, but shorter
class-gap-hardly = Hardly
class-undo = Undo

class-running = Five networks train.
class-memorised = Memorised: { $scores }.
class-predict = What will the test set do?
class-predict-hint = Draw it with pen, finger or mouse. Or press N for never, S for soon, M for much later.
class-drawn = your guess
class-going-on = Training goes on.
class-revealed = They generalised { $times } times later.
class-revealed-never = They did not generalise in { $steps } steps.
class-revealed-sooner = Sooner: at step { $asked } instead of { $other }.
class-revealed-later = Later: at step { $asked } instead of { $other }.
class-revealed-gap = Now they generalise { $asked } times later; before it was { $other } times.
class-changed = What changed between step { $first } and step { $second }?
class-changed-unknown = What changed between memorising and generalising?
class-changed-hint = The training set was right by then. The weights went on changing.

class-tally-entry = { $answer } { $count }
class-tally-right = { $right } of { $all } were right

class-pace = Pace
class-pace-seconds = { $seconds } s

class-seat = Seat { $seat }: seed { $seed }
class-seat-hint = One network, { $steps } steps. Write down your guess, then play.
class-seat-both = Memorised at step { $memorised }, generalised at step { $generalised }.
class-seat-memorised = Memorised at step { $memorised }, not generalised in { $steps } steps.
class-seat-neither = Not memorised in { $steps } steps.
class-code = Your code
class-code-none = No code: codes are for the usual settings. Write these steps into the table of exercise 4.

class-collect = Type in the codes of all seats.
class-codes = Codes of the seats, with spaces or line breaks between them
class-take = Add
class-collected-both = { $count ->
    [one] { $count } network
   *[other] { $count } networks
}: memorised at step { $memorised }, generalised at step { $generalised }.
class-collected-memorised = { $count ->
    [one] { $count } network
   *[other] { $count } networks
}: memorised at step { $memorised }, not generalised by the end of the run.
class-collected-neither = { $count ->
    [one] { $count } network
   *[other] { $count } networks
}: not memorised by the end of the run.
class-collected-ranges = Medians. Range of the first { $memorised }, of the second { $generalised }. { $never ->
    [0] All generalised.
   *[other] { $never } did not generalise.
}
class-code-length = “{ $code }” is not { $length } characters long.
class-code-character = No code has the character “{ $character }”, as “{ $code }” does.
class-code-check = “{ $code }” has a wrong character or two that are swapped. Ask the seat again.
class-code-replaced = Seat { $seat } had a code. The new one replaced it.
