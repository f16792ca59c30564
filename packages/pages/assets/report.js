// @ts-check
// Without this script every table, chart and picture is there; with it charts answer to the pointer.
(() => {
  /** @param {number} value */
  const short = (value) => String(Number(value.toPrecision(4)));

  /**
   * Settings have points at other places of the axis: for each, the tooltip shows the point nearest to the pointer.
   * @param {[number, number][]} data
   * @param {number} x
   */
  const nearest = (data, x) =>
    data.reduce(
      (best, point) => (Math.abs(point[0] - x) < Math.abs(best[0] - x) ? point : best),
      [Infinity, NaN],
    );

  /** @param {Element} figure */
  const draw = (figure) => {
    /** @type {NodeListOf<HTMLInputElement>} */
    const boxes = figure.querySelectorAll('.legend input');
    const shown = () =>
      new Set([...boxes].filter(({ checked }) => checked).map(({ dataset }) => Number(dataset.group)));
    const charts = [...figure.querySelectorAll('.chart')].map((chart) => {
      const live = /** @type {HTMLElement} */ (chart.querySelector('.chart-live'));
      const option = JSON.parse(chart.querySelector('script')?.textContent ?? '{}');
      chart.classList.add('is-live');
      // @ts-expect-error The library's script stands before this one.
      const instance = echarts.init(live, null, { renderer: 'svg' });
      /** @type {{name: string, group: number, data: [number, number][]}[]} */
      const named = option.series.filter((/** @type {{name?: string}} */ { name }) => name !== undefined);
      instance.setOption({
        ...option,
        tooltip: {
          trigger: 'axis',
          renderMode: 'richText',
          confine: true,
          backgroundColor: 'var(--paper)',
          borderColor: 'var(--rule-strong)',
          textStyle: { color: 'var(--ink)', fontSize: 12, fontFamily: 'system-ui, sans-serif' },
          axisPointer: { type: 'line', lineStyle: { color: 'var(--ink-faint)' } },
          formatter: (/** @type {{axisValue: number}[]} */ points) => {
            const x = Number(points[0]?.axisValue);
            const lines = named
              .filter(({ group }) => shown().has(group))
              .map(({ name, data }) => `${name}: ${short(nearest(data, x)[1])}`);
            return [`${option.xAxis.name} ${short(x)}`, ...lines].join('\n');
          },
        },
        dataZoom: [
          {
            type: 'inside',
            xAxisIndex: 0,
            filterMode: 'none',
            zoomOnMouseWheel: 'ctrl',
            moveOnMouseWheel: false,
          },
        ],
      });
      new ResizeObserver(() => instance.resize()).observe(live);
      return { instance, option };
    });

    for (const box of boxes) {
      box.addEventListener('change', () => {
        for (const { instance, option } of charts) {
          const series = option.series.filter((/** @type {{group: number}} */ { group }) =>
            shown().has(group),
          );
          instance.setOption({ series }, { replaceMerge: ['series'] });
        }
      });
    }
    const buttons = figure.querySelectorAll('.zoom button');
    for (const button of buttons) {
      button.addEventListener('click', () => {
        for (const each of buttons) each.setAttribute('aria-pressed', String(each === button));
        const start = Number(button.getAttribute('data-from'));
        for (const { instance } of charts) instance.dispatchAction({ type: 'dataZoom', start, end: 100 });
      });
    }
  };

  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        draw(target);
      }
    },
    { rootMargin: '400px' },
  );
  for (const figure of document.querySelectorAll('.losses')) seen.observe(figure);
})();
