# The text around the figure. index.html holds the English too, so that it can be read before the
# page's program is loaded; a test holds the two together.

page-name = Two phases of learning
page-title = First they memorise, then they generalise
intro-task = A few small neural networks learn addition modulo a prime. They differ only in their random start. Each is trained on one half of the addition table, its training set, and tested on the other half, its test set.
intro-phases = Press Play. The networks soon memorise the training set, while nearly every answer on the test set is still wrong. Training usually stops there. If it goes on, the networks generalise much later: the test set comes out right as well. This delayed generalisation is called grokking.
intro-paper = De Mello Koch and Ghosh (arXiv 2504.12700) see in it two phases of learning: networks first fit fast, then slowly compress, and generalise in the second phase. Here weight decay drives the second phase: every step shrinks all weights a little. Set it to 0, and the networks do not generalise. The length of the wait depends on the settings; it is not a law.
intro-compression = Do they compress? The lower charts estimate the mutual information between a network’s outputs and its inputs. Part of what they show may come from the estimator. Try another one, or compare all of them where the true value is known.
no-script = The networks train in your browser. Allow JavaScript and WebAssembly for this page.
footer-reading = Lines are medians over the networks; bands range from the lowest to the highest. A network has memorised at 99% training accuracy. It generalises when its test accuracy reaches the goal in the settings. Both steps are read off where the networks are evaluated, so they can be up to 2% late.
footer-privacy = Everything runs on your machine, and nothing is sent anywhere. The address of this page holds the settings: share it.
footer-keys = With the focus in the figure, Space plays and pauses, s takes one step and r resets.
