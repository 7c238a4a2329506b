package billing

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Amount is money in hundredths of the currency's unit. In JSON it is text, as
// in "1190.00", so that no reader rounds it.
type Amount int64

// amountForm leaves room for the largest total that the limits of an invoice
// allow, and gives each amount one spelling.
var amountForm = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,14})\.[0-9]{2}$`)

// ParseAmount reads the form that String writes.
func ParseAmount(s string) (Amount, error) {
	if !amountForm.MatchString(s) || s == "-0.00" {
		return 0, fmt.Errorf("amount %.40q: want digits with two decimals, as in 1190.00", s)
	}
	n, err := strconv.ParseInt(strings.Replace(s, ".", "", 1), 10, 64)
	return Amount(n), err
}

// String returns a with two decimals.
func (a Amount) String() string {
	sign, n := "", int64(a)
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// MarshalText implements encoding.TextMarshaler.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *Amount) UnmarshalText(text []byte) (err error) {
	*a, err = ParseAmount(string(text))
	return err
}
