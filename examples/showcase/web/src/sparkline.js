// A row of numbers as a line that runs from right to left, in an SVG with the view box "0 0 300 90".

const width = 300;
const height = 90;
const margin = 4;

/** The newest value stands at the right edge; `points` values fill the width. */
export function draw_sparkline(svg, values, points, { low = Math.min(0, ...values), high = Math.max(...values) } = {}) {
  if (values.length === 0) return;
  const span = high - low || 1;
  const x = (index) => (((index + points - values.length) * width) / (points - 1)).toFixed(1);
  const y = (value) => (height - margin - ((value - low) / span) * (height - 2 * margin)).toFixed(1);
  const line = values.map((value, index) => `${x(index)} ${y(value)}`).join('L');
  svg.querySelector('.line').setAttribute('d', `M${line}`);
  svg.querySelector('.area').setAttribute('d', `M${x(0)} ${height}L${line}L${width} ${height}Z`);
}

/** Keeps the latest `points` values. */
export function remember(values, value, points) {
  values.push(value);
  if (values.length > points) values.shift();
}
