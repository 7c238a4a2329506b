package billing

import "time"

// Sample returns a book to try things out with: the same one each time.
func Sample() *Book {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 9, 30, 0, 0, time.UTC) }
	begin := day(2025, time.November, 3)
	customers := []Customer{
		{Slug: "acme", Name: "Acme Rockets GmbH", Changed: begin},
		{Slug: "globex", Name: "Globex S.A.", Changed: begin},
		{Slug: "initech", Name: "Initech Ltd", Changed: begin},
	}
	support := Line{Text: "Support, one month", Quantity: 1, UnitPrice: 490_00}
	seats := func(n int) Line { return Line{Text: "Seats", Quantity: n, UnitPrice: 12_50} }
	invoice := func(id, customer string, state State, year, month int, changed time.Time, lines ...Line) Invoice {
		inv := Invoice{
			ID: id, Customer: customer, State: state, Period: Period{year, month}, Currency: "EUR", Lines: lines, Changed: changed,
		}
		if state == Final {
			inv.IssuedAt = &changed
		}
		return inv
	}
	return NewBook(customers, []Invoice{
		invoice("0b6e2c1a-5d0f-4b7e-9a41-6f2f6a0c1201", "acme", Final, 2025, 12, day(2026, time.January, 2), support, seats(38)),
		invoice("0b6e2c1a-5d0f-4b7e-9a41-6f2f6a0c2601", "acme", Final, 2026, 1, day(2026, time.February, 2), support, seats(40)),
		invoice("0b6e2c1a-5d0f-4b7e-9a41-6f2f6a0c2602", "acme", Final, 2026, 2, day(2026, time.March, 2), support, seats(40)),
		invoice("0b6e2c1a-5d0f-4b7e-9a41-6f2f6a0c2603", "acme", Draft, 2026, 3, day(2026, time.March, 30), support, seats(42),
			Line{Text: "Credit for the outage, \"plan B\"", Quantity: 1, UnitPrice: -75_00}),
		invoice("0b6e2c1a-5d0f-4b7e-9a41-6f2f6a0c26ff", "acme", Void, 2026, 3, day(2026, time.March, 28), seats(1)),
		invoice("7c90d7f3-11c4-4a55-8a0e-d1c55e7b2602", "globex", Final, 2026, 2, day(2026, time.March, 3), seats(7)),
		invoice("7c90d7f3-11c4-4a55-8a0e-d1c55e7b2603", "globex", Draft, 2026, 3, day(2026, time.March, 31), seats(9)),
	})
}
