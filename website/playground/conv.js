// What the playground computes: convolution and pooling on one channel, step by step as in the course.
// Pictures, filters and results are arrays of rows. Nothing in here knows of the page.

/** n = floor((n_prev + 2 * pad - f) / stride) + 1, the number of positions of a window along one axis. */
export function outputSize(nPrev, f, pad, stride) {
  return Math.floor((nPrev + 2 * pad - f) / stride) + 1;
}

/** The picture (n_H, n_W) with `pad` zeros on each of its four sides. */
export function zeroPad(picture, pad) {
  const width = picture[0].length + 2 * pad;
  const zeros = (height) => Array.from({ length: height }, () => Array(width).fill(0));
  const border = Array(pad).fill(0);
  return [...zeros(pad), ...picture.map((row) => [...border, ...row, ...border]), ...zeros(pad)];
}

/** The corners of the window for output position (h, w); the ends are not part of it. */
export function corners(h, w, f, stride) {
  const [top, left] = [h * stride, w * stride];
  return { top, bottom: top + f, left, right: left + f };
}

/** The f × f numbers of a padded picture that output position (h, w) looks at. */
export function slice(padded, h, w, f, stride) {
  const { top, bottom, left, right } = corners(h, w, f, stride);
  return padded.slice(top, bottom).map((row) => row.slice(left, right));
}

const STEPS = {
  convolution: (window, filter, bias) =>
    window.flat().reduce((sum, value, k) => sum + value * filter.flat()[k], 0) + bias,
  max: (window) => Math.max(...window.flat()),
  average: (window) => window.flat().reduce((sum, value) => sum + value, 0) / window.flat().length,
};

/** One number from one window; `mode` is "convolution", "max" or "average", and only the first needs
 * filter (f, f) and bias. */
export function singleStep(window, mode, filter, bias) {
  return STEPS[mode](window, filter, bias);
}

/** The output (n_H, n_W) of the layer described by { mode, f, pad, stride, filter, bias }. */
export function forward(picture, { mode, f, pad, stride, filter, bias }) {
  const padded = zeroPad(picture, pad);
  const height = outputSize(picture.length, f, pad, stride);
  const width = outputSize(picture[0].length, f, pad, stride);
  return Array.from({ length: height }, (_, h) =>
    Array.from({ length: width }, (_, w) => singleStep(slice(padded, h, w, f, stride), mode, filter, bias)),
  );
}
