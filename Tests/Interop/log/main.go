// Command log checks a log with the note and tree packages of Go's checksum database.
//
// It reads a JSON description of the log from its standard input, checks the signatures, roots and
// proofs in it and the tree files of the log's folder, and writes notes and proofs of its own to
// its standard output, for the other side to check. It ends with 1 where anything does not hold.
package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A proof is an inclusion proof of a leaf (First) in a tree (Size), or a consistency proof between
// two sizes (First, Size).
type proof struct {
	First int64    `json:"first"`
	Size  int64    `json:"size"`
	Path  [][]byte `json:"path"`
}

type description struct {
	VerifierKey string   `json:"verifierKey"`
	Folder      string   `json:"folder"`
	Notes       [][]byte `json:"notes"`
	Entries     [][]byte `json:"entries"`
	Inclusion   []proof  `json:"inclusion"`
	Consistency []proof  `json:"consistency"`
}

type answer struct {
	VerifierKey string   `json:"verifierKey"`
	Note        []byte   `json:"note"`
	Roots       [][]byte `json:"roots"`
	Inclusion   []proof  `json:"inclusion"`
	Consistency []proof  `json:"consistency"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var log description
	if err := json.NewDecoder(os.Stdin).Decode(&log); err != nil {
		return err
	}
	tree, err := newTree(log.Entries)
	if err != nil {
		return err
	}
	if err := checkNotes(log, tree); err != nil {
		return err
	}
	if err := checkProofs(log, tree); err != nil {
		return err
	}
	if err := checkTiles(log.Folder, tree); err != nil {
		return err
	}
	made, err := makeAnswer(tree)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(made)
}

// A tree holds all hashes of the entries, as tlog stores them.
type tree struct {
	size   int64
	leaves []tlog.Hash
	hashes []tlog.Hash
}

func newTree(entries [][]byte) (*tree, error) {
	t := &tree{}
	for _, entry := range entries {
		hashes, err := tlog.StoredHashes(t.size, entry, t)
		if err != nil {
			return nil, err
		}
		t.leaves = append(t.leaves, tlog.RecordHash(entry))
		t.hashes = append(t.hashes, hashes...)
		t.size++
	}
	return t, nil
}

func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, 0, len(indexes))
	for _, index := range indexes {
		hashes = append(hashes, t.hashes[index])
	}
	return hashes, nil
}

func (t *tree) root(size int64) (tlog.Hash, error) {
	return tlog.TreeHash(size, t)
}

func checkNotes(log description, t *tree) error {
	verifier, err := note.NewVerifier(log.VerifierKey)
	if err != nil {
		return err
	}
	for _, bytes := range log.Notes {
		opened, err := note.Open(bytes, note.VerifierList(verifier))
		if err != nil {
			return err
		}
		lines := strings.Split(opened.Text, "\n")
		if len(lines) < 4 || lines[0] != verifier.Name() {
			return fmt.Errorf("the checkpoint is of %q, not of %q", lines[0], verifier.Name())
		}
		size, err := strconv.ParseInt(lines[1], 10, 64)
		if err != nil {
			return err
		}
		stated, err := tlog.ParseHash(lines[2])
		if err != nil {
			return err
		}
		root, err := t.root(size)
		if err != nil {
			return err
		}
		if root != stated {
			return fmt.Errorf("the checkpoint says %v at %d; the entries give %v", stated, size, root)
		}
	}
	return nil
}

func checkProofs(log description, t *tree) error {
	for _, p := range log.Inclusion {
		root, err := t.root(p.Size)
		if err != nil {
			return err
		}
		path := tlog.RecordProof(hashes(p.Path))
		if err := tlog.CheckRecord(path, p.Size, root, p.First, t.leaves[p.First]); err != nil {
			return fmt.Errorf("inclusion of %d in %d: %w", p.First, p.Size, err)
		}
	}
	for _, p := range log.Consistency {
		root, err := t.root(p.Size)
		if err != nil {
			return err
		}
		earlier, err := t.root(p.First)
		if err != nil {
			return err
		}
		path := tlog.TreeProof(hashes(p.Path))
		if err := tlog.CheckTree(path, p.Size, root, p.First, earlier); err != nil {
			return fmt.Errorf("consistency of %d with %d: %w", p.Size, p.First, err)
		}
	}
	return nil
}

// A tileFolder reads tiles of height 8 from the flat files of a log's folder.
type tileFolder string

func (folder tileFolder) Height() int { return 8 }

func (folder tileFolder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range tiles {
		file, err := os.Open(filepath.Join(string(folder), "tree", strconv.Itoa(tile.L)))
		if err != nil {
			return nil, err
		}
		bytes := make([]byte, tile.W*tlog.HashSize)
		_, err = file.ReadAt(bytes, tile.N*256*tlog.HashSize)
		file.Close()
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

func (folder tileFolder) SaveTiles([]tlog.Tile, [][]byte) {}

func checkTiles(folder string, t *tree) error {
	root, err := t.root(t.size)
	if err != nil {
		return err
	}
	// The reader checks each tile against the root before it gives a hash of it.
	reader := tlog.TileHashReader(tlog.Tree{N: t.size, Hash: root}, tileFolder(folder))
	for index := int64(0); index < t.size; index++ {
		found, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		if err != nil {
			return err
		}
		if found[0] != t.leaves[index] {
			return fmt.Errorf("the tiles have another hash for entry %d", index)
		}
	}
	return nil
}

func makeAnswer(t *tree) (*answer, error) {
	const name = "log.example/go"
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, err
	}
	root, err := t.root(t.size)
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("%s\n%d\n%v\n", name, t.size, root)
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		return nil, err
	}
	made := &answer{VerifierKey: vkey, Note: signed}
	for size := int64(1); size <= t.size; size++ {
		root, err := t.root(size)
		if err != nil {
			return nil, err
		}
		made.Roots = append(made.Roots, root[:])
		step := size/7 + 1
		for first := int64(0); first < size; first += step {
			path, err := tlog.ProveRecord(size, first, t)
			if err != nil {
				return nil, err
			}
			made.Inclusion = append(made.Inclusion, proof{first, size, slices(path)})
			between, err := tlog.ProveTree(size, first+1, t)
			if err != nil {
				return nil, err
			}
			made.Consistency = append(made.Consistency, proof{first + 1, size, slices(between)})
		}
	}
	return made, nil
}

func hashes(path [][]byte) []tlog.Hash {
	hashes := make([]tlog.Hash, len(path))
	for place, bytes := range path {
		copy(hashes[place][:], bytes)
	}
	return hashes
}

func slices(path []tlog.Hash) [][]byte {
	slices := make([][]byte, len(path))
	for place := range path {
		slices[place] = path[place][:]
	}
	return slices
}
