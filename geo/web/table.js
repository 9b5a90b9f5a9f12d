/* The table of every figure: order, choice, copy. */
(function () {
  'use strict';
})();
