# The lab's last run, which the browser keeps for a later visit.

last-run = Your last run reached step { $step }. { $settings }
last-run-show = Show it
last-run-forget = Forget it
last-run-not-kept = This browser keeps nothing for this page, so this run is gone when you leave.
