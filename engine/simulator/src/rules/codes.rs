//! Meta's error codes: HTTP status and title. Source: Meta, Cloud API error codes, September 2026; HTTP column from
//! the page of November 2025.

/// The access token is missing, expired or wrong.
pub(crate) const TOKEN: i64 = 190;
/// The business phone number does not exist.
pub(crate) const NO_SUCH_NUMBER: i64 = 33;
/// A bad, unknown or too long parameter.
pub(crate) const PARAMETER: i64 = 100;
/// The app may not use the number (any more).
pub(crate) const PERMISSION: i64 = 10;
/// Too many messages a second.
pub(crate) const THROUGHPUT: i64 = 130_429;
/// A required parameter is missing.
pub(crate) const MISSING: i64 = 131_008;
/// A parameter has a wrong value.
pub(crate) const INVALID: i64 = 131_009;
/// The recipient is the sender.
pub(crate) const OWN_NUMBER: i64 = 131_021;
/// The recipient is not on WhatsApp.
pub(crate) const UNDELIVERABLE: i64 = 131_026;
/// The customer-service window is closed.
pub(crate) const WINDOW: i64 = 131_047;
/// The customer stopped marketing messages.
pub(crate) const MARKETING_STOPPED: i64 = 131_050;
/// A message type that does not exist.
pub(crate) const TYPE: i64 = 131_051;
/// Too many messages to one person.
pub(crate) const PAIR: i64 = 131_056;
/// The message needs a phone number, not a BSUID.
pub(crate) const NEEDS_PHONE: i64 = 131_062;
/// The number of parameters differs from the template.
pub(crate) const TEMPLATE_COUNT: i64 = 132_000;
/// No such template in this language, or not approved.
pub(crate) const TEMPLATE_MISSING: i64 = 132_001;
/// The template is too long when filled in.
pub(crate) const TEMPLATE_LONG: i64 = 132_005;
/// A parameter's form differs from the template.
pub(crate) const TEMPLATE_FORMAT: i64 = 132_012;
/// The template is paused.
pub(crate) const TEMPLATE_PAUSED: i64 = 132_015;
/// The template is disabled.
pub(crate) const TEMPLATE_DISABLED: i64 = 132_016;
/// The number is not registered on the API.
pub(crate) const NOT_REGISTERED: i64 = 133_010;
/// Creation: too long.
pub(crate) const TEMPLATE_TOO_LONG: i64 = 2_388_040;
/// Creation: the header is not right.
pub(crate) const TEMPLATE_HEADER_FORMAT: i64 = 2_388_047;
/// Creation: the body is not right.
pub(crate) const TEMPLATE_BODY_FORMAT: i64 = 2_388_072;
/// Creation: the footer is not right.
pub(crate) const TEMPLATE_FOOTER_FORMAT: i64 = 2_388_073;
/// Creation: a variable stands first or last.
pub(crate) const TEMPLATE_EDGE: i64 = 2_388_299;

/// (code, HTTP status, title). Codes that no rule here raises are for injected errors.
const CODES: &[(i64, u16, &str)] = &[
    (0, 401, "AuthException"),
    (1, 400, "API Unknown"),
    (2, 503, "API Service"),
    (3, 500, "API Method"),
    (4, 400, "API Too Many Calls"),
    (PERMISSION, 403, "Permission Denied"),
    (NO_SUCH_NUMBER, 400, "Parameter value is not valid"),
    (PARAMETER, 400, "Invalid parameter"),
    (TOKEN, 401, "Access token has expired"),
    (200, 403, "API Permission"),
    (368, 403, "Temporarily blocked for policies violations"),
    (80_007, 400, "Rate limit issues"),
    (THROUGHPUT, 400, "Rate limit hit"),
    (130_472, 400, "User's number is part of an experiment"),
    (130_497, 403, "Business account is restricted from messaging users in this country"),
    (131_000, 500, "Something went wrong"),
    (131_005, 403, "Access denied"),
    (MISSING, 400, "Required parameter is missing"),
    (INVALID, 400, "Parameter value is not valid"),
    (131_016, 500, "Service unavailable"),
    (OWN_NUMBER, 400, "Recipient cannot be sender"),
    (UNDELIVERABLE, 400, "Message undeliverable"),
    (131_031, 403, "Account has been locked"),
    (131_042, 400, "Business eligibility payment issue"),
    (WINDOW, 400, "Re-engagement message"),
    (131_048, 400, "Spam rate limit hit"),
    (131_049, 400, "Meta chose not to deliver"),
    (MARKETING_STOPPED, 400, "User has stopped marketing messages"),
    (TYPE, 400, "Unsupported message type"),
    (131_053, 400, "Media upload error"),
    (PAIR, 400, "(Business Account, Consumer Account) pair rate limit hit"),
    (131_057, 500, "Account in maintenance mode"),
    (NEEDS_PHONE, 400, "Recipient must be a phone number"),
    (TEMPLATE_COUNT, 400, "Template param count mismatch"),
    (TEMPLATE_MISSING, 404, "Template does not exist"),
    (TEMPLATE_LONG, 400, "Template hydrated text too long"),
    (TEMPLATE_FORMAT, 400, "Template parameter format mismatch"),
    (TEMPLATE_PAUSED, 400, "Template is paused"),
    (TEMPLATE_DISABLED, 400, "Template is disabled"),
    (133_004, 503, "Server temporarily unavailable"),
    (NOT_REGISTERED, 400, "Phone number not registered"),
    (TEMPLATE_TOO_LONG, 400, "Character limit exceeded"),
    (TEMPLATE_HEADER_FORMAT, 400, "Message header format is incorrect"),
    (TEMPLATE_BODY_FORMAT, 400, "Message body format is incorrect"),
    (TEMPLATE_FOOTER_FORMAT, 400, "Message footer format is incorrect"),
    (TEMPLATE_EDGE, 400, "Leading or trailing parameters are not allowed"),
];

/// The HTTP status that goes with a code; 400 for codes that are not listed.
pub(crate) fn http_status(code: i64) -> u16 {
    row(code).map_or(400, |row| row.1)
}

/// The title of a code.
pub(crate) fn title(code: i64) -> &'static str {
    row(code).map_or("Error", |row| row.2)
}

fn row(code: i64) -> Option<&'static (i64, u16, &'static str)> {
    CODES.iter().find(|row| row.0 == code)
}
