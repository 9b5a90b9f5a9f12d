/* Thousands of lines on one canvas. */
(function () {
  'use strict';
})();
