/* The constants of the account: geo/account/rules.json stands in for RULES when a page is made. */
window.Tumen.rules = RULES;
