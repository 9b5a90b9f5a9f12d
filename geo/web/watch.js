/* The page that geo build --watch serves round a page: it loads that anew when it was built again. */
(function () {
  'use strict';
  const frame = document.querySelector('iframe'), said = document.querySelector('output');
  const number = Number(document.documentElement.dataset.build);
  const later = function () { setTimeout(function () { wait(number); }, 1000); };

  /** Ask what was built after a number; the answer comes when there is something. @param {number} since */
  function wait(since) {
    fetch('/changes?since=' + since).then(function (answer) { return answer.json(); })
      .then(function (/** @type {{ build: number, wrong: string }} */ now) {
        if (said) said.textContent = now.wrong;
        if (now.build !== since && !now.wrong && frame && frame.contentWindow) frame.contentWindow.location.reload();
        wait(now.build);
      }, later);
  }
  wait(number);
})();
