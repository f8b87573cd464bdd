# The article. index.html holds the English too, so that it can be read before the page's program is
# loaded; a test holds the two together. `[words](1)` is a button that moves the figure below
# it: to the start (0), the first event (1), the second one (2) or the end (9). `**words**` are terms at their
# first use.

nav-article = Article
nav-lab = Lab

hero-title = Will they ever get the other half?
hero-text = Five small neural networks learn to add on a clock of 23 hours, where 7 + 20 makes 4. They see half of the sums.

memorise-title = What do they learn first?
memorise-text = First they learn the sums that they are shown, the training set. A network has **memorised** when 99% of its training set is right. It still answers nearly all other sums wrong: that 7 + 20 makes 4 tells it nothing about 8 + 20.
memorise-try = Click a sum in the table and ask the network. Compare [the start](0), [the step at which it memorised](1) and [the end](9) of this short run. Training usually stops about here, because training accuracy cannot rise any further. The **loss**, the error that training makes smaller, can still fall on the training set, and the weights still move.

generalise-title = What changes later?
generalise-text = Let a network train on, and much later it **generalises**: it answers 95% of the test set, sums that it never saw. This delayed generalisation is called **grokking**. Look at the weights of its first layer meanwhile.
generalise-try = [At the start](0) they are noise, and [when it has memorised](1) still mostly noise. [At the end](9) the weights of each hidden unit, a number computed inside the network, are a wave over the numbers, and the numbers lie on a circle, like hours on a clock. To add is now to turn. The network has found a rule, and a rule also covers sums that it never saw.

push-title = What pushes it?
push-text = Nearly all training answers are right early. Why do the weights keep changing? Here **weight decay** pushes: every step shrinks all weights a little, so the network must find smaller weights that give the same answers.
push-try = Try 0, 1 and 3. Earlier runs stay as grey lines. Which event moves: the one at which they memorise, or the one at which they generalise? De Mello Koch and Ghosh say that a second phase also comes without weight decay, after far more steps. On this task, and without another method, we have not seen it in the steps that you can run here.

gap-title = Is there always a gap?
gap-text = No. The wait depends on the settings; it is not a law. Give these networks more of the table, and they generalise almost as soon as they memorise. Give them too little, and they do not generalise at all.
gap-try = Move the fraction of the table that is the training set. Memorising and generalising lie furthest apart just above the smallest fraction at which the networks find the rule.

compress-title = Do the networks compress?
compress-text = De Mello Koch and Ghosh say that a network **compresses** in the second phase. It drops information about its input X that it does not need. To measure this, we add noise to every unit of a layer T. Then we compute I(X;T): the bits about X that can still be read. The noise sets the **resolution**. At 0 dB there is as much noise as signal.
compress-try = Play, then compare the two curves. On the training set the outputs compress soon after [memorising](1), long before the networks generalise. They also do so without weight decay, where nothing generalises (five seeds). On the test set they compress only after [generalising](2). Choose layer 1: from −5 dB up it does not compress. So compression on the training set does not show that generalisation has begun. On the test set it comes too late to be the cause.

judge-title = Or does the estimator decide?
judge-text = Where I(X;T) cannot be computed, we need an **estimator**. Here is a layer of 3 units with noise. Its true value is known. Which estimators come within 0.05 bit, and with how many samples? Guess, then try.
judge-try = A wrong estimate can still rise and fall. This page used to show an upper bound, with almost five times as much noise as signal. On all samples, the outputs above had 5.8 bits when memorised and 4.5 at the end. The true values at that noise are 3.1 and 2.9 (five seeds). So most of the fall was the bound’s own error.

planes-title = The bins decide
planes-tanh = tanh units
planes-relu = ReLU units
planes-text = Two networks learn one rule; the first has tanh units, the second ReLU units. Their information is estimated with **bins**: values in one bin count as equal. Each line is a layer in the course of training. Play both.
planes-try = Then switch the bins. With one range for the whole run, the hidden ReLU layers do not compress. With a range for each step, the last ones appear to. The networks are the same. Only the bins differ.

clock-title = Do they share one clock?
clock-text = The paper puts fitting, compressing and generalising on **one clock**: they turn at the same steps. Below the accuracy, each change is drawn from its value before (0%) to that after (100%). A bar shows where it happens, with a mark where half of it is done.
clock-try = Play. On the training set information falls long before test accuracy rises, and on the test set after it. So there is more than one clock. Then choose weight decay 3: networks generalise earlier, and compress earlier on the test set. The earlier run stays below. Now count time as learning rate × weight decay × steps. These two bars come closer, from several times apart to about twice. Memorising, and compressing on the training set, do not follow that clock.

hurry-title = Can the second phase be hurried?
hurry-text = Here networks with the same splits and initial weights are trained in six ways: a **baseline**, four methods, and a **control**. The control has three times the learning rate and a third of the weight decay, so that learning rate × weight decay stays as it was. It shows what sets the pace: if that product does, the control takes as long as the baseline. Play, and guess which of them shorten the second phase.
hurry-try = Three times the weight decay does. Noise on the hidden units does too, counted in steps, but here a step with noise takes several times as long. OrthoGrad, which needs no weight decay, shortens it most. Grokfast does not help here, nor does the control. What helps depends on the loss. With cross-entropy OrthoGrad never generalises here, and label smoothing helps (the lab has that experiment).
hurry-map = Learning rate and weight decay at once: a map of 36 networks, in the lab
hurry-over = Too much of it
hurry-over-text = Above, OrthoGrad has weight decay 0. Here it has weight decay 1, like the baseline. Most networks generalise just as early. Then their test accuracy falls below a quarter. Anyone who stops at the first success misses this. So watch how far compression goes, not its pace alone.

digits-title = Does the wait exist for images?
digits-text = It does if the network starts from large weights. These networks read handwritten digits, 200 images of them. Their initial weights are eight times the usual size. They memorise first and read other images much later, while weight decay shrinks the weights.
digits-try = Set the scale to 1, the usual size: the wait is gone. So here the wait comes from the large initial weights, not from the data.

width-title = Better, worse, better again
width-text = Time is not the only axis that can surprise. These are networks of twelve widths, trained on 200 images, some of them with a wrong label. As the width grows, test error falls, rises and falls again: **double descent**. The peak lies near the **interpolation threshold**: the width at which a network has as many weights as it has numbers to fit, 10 outputs for each image.
width-try = Move the step back to about 100: the peak is nearly gone. It is also gone if each network stops at its own best step.

samples-title = Can more data hurt?
samples-text = It can, near the same threshold. These networks have one width and get more and more images with noisy labels. Near the number of images at which there are as many numbers to fit as weights, a network does worse than with fewer images.

time-title = Is there double descent over time?
time-text = In a model that we can compute, yes. A linear regression has fast and slow features. Test loss falls, rises while the slow features are not yet learned and act as noise, then falls again. The thin line is a theory for many more samples than features. It does not hold here, and misses most of the peak.

negative-title = And where it does not
negative-text = For small networks on digits we found no settings with a second descent over time. On noisy labels, test error is lowest early. Then it rises while the networks memorise the wrong labels, and it stays up. Here the best advice is to stop early.

claims-title = What we found about the paper’s claims
claims-text = De Mello Koch and Ghosh argue that deep networks first fit fast, then slowly compress, and generalise in the second phase. Each row is a part of this, or of the work that they build on. It is tested in networks small enough to train while you read. Such networks can show that a claim is **not general**. They cannot show that it is. The experiments are shorter than those of the article. Addition mostly has learning rate 0.01 instead of 0.003. Where information is measured, digits have weight decay 0.3 instead of 0.1. The icosahedral rule has at most half the steps. So networks memorise and generalise at other steps. Where the paper argues without measuring, the choice of measure is ours.
claims-try = Open a row to see what would refute the claim, the rule of its verdict, and what was measured. The table below is a recorded one. Test the claims again here, with seeds of your own: the table then fills row by row.

limits-title = What this does not show
limits-text = De Mello Koch and Ghosh (arXiv 2504.12700) propose that deep networks first fit the training set fast, then slowly compress, and generalise in this second phase. They see three faces of it: grokking, double descent, and the information bottleneck, by which layers drop what the answer does not need. You have seen that a network can memorise long before it generalises, and that weight decay shortens the wait. You have not seen that this is general, nor that compression causes generalisation.
limits-networks = These networks are small, so that they can train while you read. They can show that a claim is not general. They cannot show that it is.
limits-open = Open questions: what starts the second phase without weight decay? Do large networks compress in it? Can one tell from the training set alone that it is still to come?

next-title = Try next, in the lab
next-information = Do the layers compress? Everything measured
next-plane = Why does the information plane change with the bins?
next-noise = Can noise replace weight decay?
next-estimators = Which estimator is right where the true value is known?
next-map = Can more data replace weight decay? A map over both
next-compare = Weight decay 0, 1 and 3 side by side
next-class = Teach it: a lesson of 45 minutes, with an exercise sheet

sources-text = Grokking: Power et al., arXiv 2201.02177. Weights as waves: Gromov, arXiv 2301.02679; Nanda et al., arXiv 2301.05217. Large initial weights: Liu et al., arXiv 2210.01117. Double descent: Nakkiran et al., arXiv 1912.02292. Digits: E. Alpaydin and C. Kaynak, UCI, CC BY 4.0.
