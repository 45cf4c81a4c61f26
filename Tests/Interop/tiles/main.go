// Command tiles audits a log over HTTPS, as C2SP tlog-tiles has it, with the note and tree packages
// of Go's checksum database.
//
// It fetches the checkpoint, every entry bundle and the tiles that the proofs need, and checks the
// signature, the inclusion of every entry, and the consistency of several sizes with the
// checkpoint, among them the size of an earlier checkpoint where one is given. It writes the
// checkpoint to its standard output, and ends with 1 where anything does not hold.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const width = 256

var (
	base     = flag.String("url", "", "the `URL` of the log")
	key      = flag.String("vkey", "", "the log's verifier `key`")
	member   = flag.String("member", "", "the `folder` with tls.pem and tls.key")
	ca       = flag.String("ca", "", "the `file` of the authority")
	earlier  = flag.String("earlier", "", "the `file` with an earlier checkpoint")
	corrupt  = flag.String("corrupt", "", "a `path` whose answer is to be altered on its way")
	shortcut = flag.String("as", "", "answer this `path` with another's bytes: PATH=OTHER")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	client, err := newClient()
	if err != nil {
		return err
	}
	text, err := client.get("/checkpoint")
	if err != nil {
		return err
	}
	head, err := openCheckpoint(text)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(head, client)
	if err := checkEntries(client, reader, head); err != nil {
		return err
	}
	if err := checkConsistency(reader, head); err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}

// A server is the log, as an HTTP client sees it.
//
// What it got it keeps: the proofs of all entries need the same tiles.
type server struct {
	http *http.Client
	kept map[string][]byte
}

func newClient() (*server, error) {
	certificate, err := tls.LoadX509KeyPair(*member+"/tls.pem", *member+"/tls.key")
	if err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(*ca)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		return nil, errors.New("the authority's file has no certificate")
	}
	settings := &tls.Config{
		Certificates: []tls.Certificate{certificate}, RootCAs: roots, MinVersion: tls.VersionTLS13,
	}
	transport := &http.Transport{TLSClientConfig: settings}
	client := &http.Client{Transport: transport, Timeout: 20 * time.Second}
	return &server{client, map[string][]byte{}}, nil
}

func (s *server) get(path string) ([]byte, error) {
	if body, found := s.kept[path]; found {
		return body, nil
	}
	asked := path
	if from, to, found := strings.Cut(*shortcut, "="); found && path == from {
		asked = to
	}
	response, err := s.http.Get(*base + asked)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s: %s", path, response.Status, body)
	}
	if path == *corrupt {
		body[len(body)-1] ^= 1
	}
	s.kept[path] = body
	return body, nil
}

// tilePath is the path of tlog-tiles, which differs from that of the checksum database.
func tilePath(kind string, index int64, count int) string {
	path := fmt.Sprintf("%03d", index%1000)
	for rest := index / 1000; rest > 0; rest /= 1000 {
		path = fmt.Sprintf("x%03d/%s", rest%1000, path)
	}
	if count < width {
		path += fmt.Sprintf(".p/%d", count)
	}
	return "/tile/" + kind + "/" + path
}

func (s *server) Height() int { return 8 }

func (s *server) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range tiles {
		bytes, err := s.get(tilePath(strconv.Itoa(tile.L), tile.N, tile.W))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

func (s *server) SaveTiles([]tlog.Tile, [][]byte) {}

func openCheckpoint(text []byte) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(*key)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("the checkpoint is of %q", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// bundle cuts an entry bundle into its entries.
func bundle(bytes []byte) ([][]byte, error) {
	var entries [][]byte
	for len(bytes) > 0 {
		if len(bytes) < 2 {
			return nil, errors.New("the bundle ends within a length")
		}
		count := int(binary.BigEndian.Uint16(bytes))
		if len(bytes) < 2+count {
			return nil, errors.New("the bundle ends within an entry")
		}
		entries = append(entries, bytes[2:2+count])
		bytes = bytes[2+count:]
	}
	return entries, nil
}

func checkEntries(client *server, reader tlog.HashReader, head tlog.Tree) error {
	for first := int64(0); first < head.N; first += width {
		count := min(width, head.N-first)
		path := tilePath("entries", first/width, int(count))
		bytes, err := client.get(path)
		if err != nil {
			return err
		}
		entries, err := bundle(bytes)
		if err != nil {
			return err
		}
		if int64(len(entries)) != count {
			return fmt.Errorf("%s has %d entries, not %d", path, len(entries), count)
		}
		for place, entry := range entries {
			index := first + int64(place)
			proof, err := tlog.ProveRecord(head.N, index, reader)
			if err != nil {
				return err
			}
			hash := tlog.RecordHash(entry)
			if err := tlog.CheckRecord(proof, head.N, head.Hash, index, hash); err != nil {
				return fmt.Errorf("entry %d: %w", index, err)
			}
		}
	}
	return nil
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func checkConsistency(reader tlog.HashReader, head tlog.Tree) error {
	for _, size := range []int64{1, 2, 7, 128, 255, 256, 257, 511, 512, 513, head.N - 1, head.N} {
		if size < 1 || size > head.N {
			continue
		}
		root, err := tlog.TreeHash(size, reader)
		if err != nil {
			return err
		}
		if err := consistent(reader, head, tlog.Tree{N: size, Hash: root}); err != nil {
			return err
		}
	}
	if *earlier == "" {
		return nil
	}
	text, err := os.ReadFile(*earlier)
	if err != nil {
		return err
	}
	before, err := openCheckpoint(text)
	if err != nil {
		return err
	}
	if before.N >= head.N {
		return fmt.Errorf("the log has not grown beyond %d", before.N)
	}
	return consistent(reader, head, before)
}

func consistent(reader tlog.HashReader, head, before tlog.Tree) error {
	proof, err := tlog.ProveTree(head.N, before.N, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, head.N, head.Hash, before.N, before.Hash); err != nil {
		return fmt.Errorf("consistency of %d with %d: %w", head.N, before.N, err)
	}
	return nil
}
