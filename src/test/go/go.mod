module stepca

go 1.19
