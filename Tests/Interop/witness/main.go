// Command witness checks a cosigned checkpoint with the note package of Go's checksum database.
//
// It takes the verifier keys of the log and of the witness, reads the note from its standard input,
// and ends with 1 unless both have signed it. The witness' signature is that of C2SP
// tlog-cosignature, which the package does not know: it is added as a verifier of its own.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 3 {
		return errors.New("the keys of the log and of the witness are wanted")
	}
	log, err := note.NewVerifier(os.Args[1])
	if err != nil {
		return err
	}
	witness, err := newCosigner(os.Args[2])
	if err != nil {
		return err
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	signed, err := note.Open(text, note.VerifierList(log, witness))
	if err != nil {
		return err
	}
	if len(signed.Sigs) != 2 {
		return fmt.Errorf("%d of 2 signatures hold", len(signed.Sigs))
	}
	lines := strings.Split(signed.Text, "\n")
	if lines[0] != log.Name() {
		return errors.New("the origin is not the log's name")
	}
	fmt.Println("cosigned at", lines[1])
	return nil
}

// A cosigner verifies timestamped Ed25519 cosignatures.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newCosigner(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("the witness' key has not three parts")
	}
	material, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		return nil, err
	}
	if len(material) != 33 || material[0] != 4 {
		return nil, errors.New("the witness' key is not of algorithm 4")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), material...))
	hash := binary.BigEndian.Uint32(sum[:4])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, errors.New("the hash of the witness' key is another")
	}
	return &cosigner{parts[0], hash, material[1:]}, nil
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }

func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 72 {
		return false
	}
	at := binary.BigEndian.Uint64(signature)
	if age := time.Since(time.Unix(int64(at), 0)); age < -time.Minute || age > time.Hour {
		return false
	}
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", at, text)
	return ed25519.Verify(c.key, []byte(message), signature[8:])
}
