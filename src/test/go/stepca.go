// Writes a database by step-ca's own package for it, into badger 2.
//
//	stepca DATABASE FOLDER close|crash|compact
//
// Every *.der of FOLDER is a certificate that was issued; every *.json is what step-ca notes of a revocation. close ends as step-ca does;
// crash ends at once. After compact the value log's first files were collected, and what was in them was moved.
package main

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v2"
	"github.com/smallstep/certificates/db"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func each(pattern string, use func(content []byte)) {
	files, err := filepath.Glob(pattern)
	must(err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		must(err)
		use(content)
	}
}

func fill(database db.AuthDB, folder string) {
	each(filepath.Join(folder, "*.der"), func(der []byte) {
		certificate, err := x509.ParseCertificate(der)
		must(err)
		must(database.StoreCertificate(certificate))
	})
	each(filepath.Join(folder, "*.json"), func(text []byte) {
		var revocation db.RevokedCertificateInfo
		must(json.Unmarshal(text, &revocation))
		must(database.Revoke(&revocation))
	})
}

// Many values that are too large for the tables, again and again, until files of the log hold next to nothing that counts.
func compact(place string) {
	options := badger.DefaultOptions(place).WithLogger(nil).WithValueLogFileSize(1 << 20)
	database, err := badger.Open(options)
	must(err)
	noise := make([]byte, 4096)
	for round := 0; round < 4; round++ {
		for i := 0; i < 400; i++ {
			_, err = rand.Read(noise)
			must(err)
			must(database.Update(func(txn *badger.Txn) error {
				return txn.Set([]byte(fmt.Sprintf("noise%d", i)), noise)
			}))
		}
	}
	must(database.Close())
	database, err = badger.Open(options)
	must(err)
	must(database.Flatten(2))
	first := filepath.Join(place, "000000.vlog")
	for i := 0; i < 200; i++ { // it looks at files by chance
		if _, err = os.Stat(first); os.IsNotExist(err) {
			must(database.Close())
			return
		}
		_ = database.RunValueLogGC(0.01)
	}
	log.Fatal("the first file was not collected")
}

func main() {
	place, folder, end := os.Args[1], os.Args[2], os.Args[3]
	database, err := db.New(&db.Config{Type: "badgerv2", DataSource: place})
	must(err)
	fill(database, folder)
	if end == "crash" {
		os.Exit(0)
	}
	must(database.Shutdown())
	if end == "compact" {
		compact(place)
	}
}
