package mapping

import "slices"

func listShapes() []shape {
	each := []keyword{
		key("when", of(aValue), "Whether the rule is for this item."),
		key("items", of(aPointer), "Items elsewhere in the answer, for this rule alone."),
		key("name", of(aValue), "The name of the entry. Without it: route."),
		key("route", of(aText), "The id of the route that the entry is a path of; its name follows from the variables."),
		key("bind", mapOf(of(aValue)), "Values for the variables of that route. Those of the listed directory bind by themselves."),
		key("save", mapOf(of(aValue)), "Names kept with the entry for calls on its path."),
	}
	return []shape{
		{"each", "How an item becomes an entry.", slices.Concat(each, fieldKeys())},
		{"static", "An entry that is always there.", []keyword{
			key("name", of(aText), "Its name.").must(),
			key("type", word("file", "dir"), "Default: file."),
			key("size", of(aNumber), "Bytes."),
			key("mtime", of(aText), "RFC 3339."),
		}},
		{"page", "One way to ask for the next page.", []keyword{
			key("cursor", objectOf("cursor"), "The answer holds a cursor for the next page."),
			key("page", objectOf("number"), "Pages have numbers."),
			key("offset", objectOf("offset"), "The next page begins after the items so far."),
			key("next", of(aPointer), "The answer holds the URL of the next page (HAL, OData, JSON:API)."),
			key("header", of(aText), "A header of the answer holds the cursor or the URL of the next page; with param, a cursor."),
			key("param", of(aText), "The query parameter that takes the cursor of header."),
		}},
		{"cursor", "A cursor.", []keyword{
			key("param", of(aText), "The query parameter that takes it.").must(),
			key("from", of(aPointer), "Where the answer has it; absent, null or empty means the last page.").must(),
			key("more", of(aPointer), "Where the answer says by true or false whether there are more pages."),
		}},
		{"number", "Page numbers.", []keyword{
			key("param", of(aText), "The query parameter that takes the number.").must(),
			key("size_param", of(aText), "The query parameter that takes the size of a page."),
			key("size", of(aNumber), "Items on a page. A page with fewer is the last, so say it only where the service keeps to it; without size, one with none is."),
			key("first", of(aNumber), "The number of the first page. Default: 1."),
			key("more", of(aPointer), "Where the answer says by true or false whether there are more pages."),
		}},
		{"offset", "Offsets.", []keyword{
			key("param", of(aText), "The query parameter that takes the number of items so far.").must(),
			key("size_param", of(aText), "The query parameter that takes the size of a page."),
			key("size", of(aNumber), "Items on a page. A page with fewer is the last, so say it only where the service keeps to it; without size, one with none is."),
			key("total", of(aPointer), "Where the answer has the number of all items."),
		}},
	}
}

func smallShapes() []shape {
	return []shape{
		{"http", "A call that no document describes.", []keyword{
			key("method", of(aText), "The method. Default: GET."),
			key("url", of(aText), "A path after the server's URL, with {name} for one segment, {name...} for several, and a query; or =expression for a whole URL.").must(),
		}},
		{"body", "A body made from values. One of these.", []keyword{
			key("json", of(anything), "A JSON document with values at its leaves."),
			key("form", mapOf(of(aValue)), "Fields of application/x-www-form-urlencoded."),
			key("multipart", objectOf("multipart"), "multipart/form-data (RFC 7578)."),
			key("text", of(aValue), "Text as it is; content_type says what it is."),
		}},
		{"multipart", "Parts of a form.", []keyword{
			key("file", objectOf("part"), "The part that carries the content of the file."),
			key("fields", mapOf(of(aValue)), "Parts before it."),
		}},
		{"part", "The part with the content.", []keyword{
			key("field", of(aText), "The name of the field.").must(),
			key("filename", of(aValue), "The file name. Default: =ftp.name."),
			key("content_type", of(aText), "Default: application/octet-stream."),
		}},
		{"range", "Another way to ask for a part of a file.", []keyword{
			key("offset", of(aText), "The query parameter that takes the first byte, as in query.offset.").must(),
		}},
		{"render", "The form of a file that is made from items. One of these.", []keyword{
			key("csv", list(objectOf("column")), "Comma-separated values (RFC 4180) with a line of heads."),
			key("ndjson", choice(of(aFlag), of(aValue)), "true: each item on a line as it is; or the value of a line."),
			key("json", choice(of(aFlag), of(aValue)), "As ndjson, but one array."),
		}},
		{"column", "A column.", []keyword{
			key("head", of(aText), "Its head.").must(),
			key("value", of(aValue), "Its value for an item.").must(),
		}},
		{"error", "What an answer means.", []keyword{
			key("status", oneOrMore(of(aStatus)), "Of which status; a success can be made an error too.").must(),
			key("when", of(aValue), "And under which condition on problem, item or resp."),
			key("kind", word(FaultKinds()...), "What went wrong."),
			key("reply", of(aNumber), "Instead of kind: the FTP reply that it leads to."),
			key("text", of(aValue), "The text for the user."),
		}},
	}
}
