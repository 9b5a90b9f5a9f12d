window.Tumen.foreign.start();
