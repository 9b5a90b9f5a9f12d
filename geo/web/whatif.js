/* Capacity as a product of factors with sliders. */
(function () {
  'use strict';
})();
