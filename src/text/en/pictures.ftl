# Charts as files, and what stands in a figure's place before or without the program.
picture-empty = There is no chart to save yet. Play first.
picture-refused = This browser did not make a PNG of these charts. Save them as SVG instead.

# What posters show: the figures of the article when their runs are over.
poster-grokking = When the run is over: training accuracy has risen to 100% early, test accuracy much later.
poster-memorise = When the run is over: training accuracy is 100%, and test accuracy is still near 0%.
poster-generalise = When the run is over: one network memorised early, and test accuracy rose to 100% much later.
poster-compress = When the run is over: accuracy above, and below it I(X;T) of the outputs, which falls on the training set long before it falls on the test set.
poster-plane-tanh = When the run is over: the information plane of a network with tanh units, one line for each layer.
poster-plane-relu = When the run is over: the information plane of a network with ReLU units, one line for each layer.
poster-hurry = When the run is over: six curves of test accuracy, one for the baseline, each method and the control, that rise at different steps.
poster-over-compression = When the run is over: with OrthoGrad and weight decay, test accuracy rises and then falls.
poster-digits = When the run is over: accuracy on training images has risen early, and on test images much later.
poster-double-descent-width = When the run is over: test error falls, rises to a peak and falls again as the width grows.
poster-double-descent-samples = When the run is over: test error has a peak as the number of training images grows.
poster-double-descent-time = When the run is over: test loss falls, rises and falls again over training steps.
poster-digits-over-time = When the run is over: test accuracy on digits is highest early, then falls and stays down.
