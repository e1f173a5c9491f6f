package org.devpki.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.devpki.ca.Authority;
import org.devpki.ca.Planner;
import org.devpki.ca.lint.LintSubject;
import org.devpki.ca.lint.Linter;
import org.devpki.config.Profiles;
import org.devpki.config.SettingsFile;
import org.devpki.export.Exporters;
import org.devpki.files.WholeFiles;
import org.devpki.keys.KeyPool;
import org.devpki.keys.KeyRing;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.CredentialChain;
import org.devpki.model.Crypto;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.Finding;
import org.devpki.model.Flashed;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.KeySpec;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Profile;
import org.devpki.model.Settings;
import org.devpki.model.Succession;
import org.devpki.store.SqlStore;
import org.devpki.store.Store;
import org.devpki.x509.Certificates;
import org.devpki.x509.Engine;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.SigningKey;

/** An opened store, and everything that deeds need beside it. */
public final class Workshop implements AutoCloseable {
    static final String SQLITE = "jdbc:sqlite:ledger.db";
    private static final int MOST_SETTINGS_OCTETS = 1 << 20;

    /** So many signatures and proofs take as long in plain Java as native code takes to load. */
    private static final int MANY_SHARDS = 256;

    /** How soon a process that runs for long notices that another CA takes orders over. */
    private static final Duration CAS_FRESH = Duration.ofSeconds(5);

    private final Surroundings surroundings;
    private final StoreFolder folder;
    private final Settings settings;
    private final Store store;
    private final KeyPool keyPool;
    private final Litter litter = new Litter();
    private final Map<CaName, LedgerCa> cas = new ConcurrentHashMap<>();
    private volatile Instant casReadAt = Instant.EPOCH;
    private final CaCertificates caCertificates = new CaCertificates(this);
    private final Map<CaName, Authority> authorities = new HashMap<>();
    private final List<SigningKey> keys = new ArrayList<>();
    private final Map<String, Profile> profiles = new ConcurrentHashMap<>();
    private Optional<Linter> linter = Optional.empty();
    private Optional<Exporters> exporters = Optional.empty();
    private Engine engine = Engine.PLAIN;

    Workshop(Surroundings surroundings, Settings settings, Store store) {
        this.surroundings = surroundings;
        this.folder = new StoreFolder(surroundings.store());
        this.settings = settings;
        this.store = store;
        this.keyPool = new KeyPool(folder.pool(), surroundings.passphrases(), surroundings.random());
    }

    /** @throws DevpkiException NOT_FOUND if there is no store in the folder */
    public static Workshop open(Surroundings surroundings) {
        Settings settings = settings(surroundings);
        SqlStore.Place place = place(settings, surroundings);
        return new Workshop(surroundings, settings, SqlStore.open(place, surroundings.clock(), surroundings.actor()));
    }

    /** @throws DevpkiException NOT_FOUND if there is no store in the folder */
    static Settings settings(Surroundings surroundings) {
        Path file = new StoreFolder(surroundings.store()).settings();
        return SettingsFile.read(settingsText(surroundings), file.toString());
    }

    static String settingsText(Surroundings surroundings) {
        StoreFolder folder = new StoreFolder(surroundings.store());
        if (!Files.exists(folder.settings())) {
            if (Files.exists(folder.path()) && !Files.isReadable(folder.path())) {
                throw DevpkiException.storeFailed("no permission to read store " + folder.path());
            }
            throw DevpkiException.notFound("there is no store in " + folder.path())
                    .hint("devpki init makes one; --store or DEVPKI_STORE points to another");
        }
        return WholeFiles.read(folder.settings(), MOST_SETTINGS_OCTETS).asUtf8();
    }

    static SqlStore.Place place(Settings settings, Surroundings surroundings) {
        return new SqlStore.Place(settings.ledger().orElse(SQLITE), surroundings.store(), surroundings.lockTimeout());
    }

    public IssueDevice issueDevice() {
        return new IssueDevice(this);
    }

    public ReplaceDevice replaceDevice() {
        return new ReplaceDevice(this);
    }

    public ExpiringDevices expiringDevices() {
        return new ExpiringDevices(this);
    }

    public PlanWaves planWaves() {
        return new PlanWaves(this);
    }

    public RunBatch runBatch() {
        return new RunBatch(forMany());
    }

    public MakeLabels makeLabels() {
        return new MakeLabels(this);
    }

    public ShowBatches showBatches() {
        return new ShowBatches(store);
    }

    public StockKeyPool stockKeyPool() {
        return new StockKeyPool(this);
    }

    public RewrapKeys rewrapKeys() {
        return new RewrapKeys(this);
    }

    /** @param isOpening whether each key is tried, which takes the passphrase */
    public ShowKeys showKeys(boolean isOpening) {
        return new ShowKeys(this, isOpening);
    }

    public MarkDevices markDevices() {
        return new MarkDevices(this);
    }

    public WriteManifest writeManifest() {
        return new WriteManifest(this);
    }

    public SignToken signToken() {
        return new SignToken(this);
    }

    public RestrictStore restrictStore() {
        return new RestrictStore(this);
    }

    public ExportTrust exportTrust() {
        return new ExportTrust(this);
    }

    public ExportRequests exportRequests() {
        return new ExportRequests(forMany());
    }

    public SignRequests signRequests() {
        return new SignRequests(this);
    }

    public ImportCertificates importCertificates() {
        return new ImportCertificates(forMany());
    }

    public MergeHome mergeHome() {
        return new MergeHome(this);
    }

    /** With the ledger's own CAs, and what the ledger knows. */
    public VerifyManifest verifyManifest() {
        return VerifyManifest.byLedger(this);
    }

    public ArchiveBatch archiveBatch() {
        return new ArchiveBatch(this);
    }

    public RevokeCertificate revokeCertificate() {
        return new RevokeCertificate(this);
    }

    public RevokeMany revokeMany() {
        return new RevokeMany(this);
    }

    public IssuePasswords issuePasswords() {
        return new IssuePasswords(this);
    }

    public RevokePasswords revokePasswords() {
        return new RevokePasswords(this);
    }

    public ShowPasswords showPasswords() {
        return new ShowPasswords(this);
    }

    public ImportPasswords importPasswords() {
        return new ImportPasswords(this);
    }

    public ConfigureBroker configureBroker() {
        return new ConfigureBroker(this);
    }

    public InstallBroker installBroker() {
        return new InstallBroker(this);
    }

    public CheckCloud checkCloud() {
        return new CheckCloud(this);
    }

    public WriteCloudKit writeCloudKit() {
        return new WriteCloudKit(this);
    }

    public ListKicks listKicks() {
        return new ListKicks(this);
    }

    public PublishCrl publishCrl() {
        return new PublishCrl(settings.crl().shards() >= MANY_SHARDS ? forMany() : this);
    }

    public PresignCrl presignCrl() {
        return new PresignCrl(this);
    }

    public CheckCrl checkCrl() {
        return new CheckCrl(this);
    }

    public ForecastCrls forecastCrls() {
        return new ForecastCrls(this);
    }

    public AnswerOcsp answerOcsp() {
        return new AnswerOcsp(forMany());
    }

    public PublishOcsp publishOcsp() {
        return new PublishOcsp(forMany());
    }

    public CheckOcsp checkOcsp() {
        return new CheckOcsp(this);
    }

    public AskOcsp askOcsp() {
        return new AskOcsp(this);
    }

    public KeepTokenKeys keepTokenKeys() {
        return new KeepTokenKeys(this);
    }

    public PublishJwks publishJwks() {
        return new PublishJwks(this);
    }

    public IssueAccessToken issueAccessToken() {
        return new IssueAccessToken(this);
    }

    /** With the ledger's own keys, and what the ledger knows. */
    public ReadAccessToken readAccessToken() {
        return ReadAccessToken.byLedger(this);
    }

    public ExchangeCertificate exchangeCertificate() {
        return new ExchangeCertificate(forMany());
    }

    public VerifyCertificate verifyCertificate() {
        return new VerifyCertificate(this);
    }

    public ExportBundle exportBundle() {
        return new ExportBundle(this);
    }

    public PlanEfuse planEfuse() {
        return new PlanEfuse(this);
    }

    public VerifyImage verifyImage() {
        return new VerifyImage(this);
    }

    public CreateCa createCa() {
        return new CreateCa(this);
    }

    public RequestCa requestCa() {
        return new RequestCa(this);
    }

    public SignCa signCa() {
        return new SignCa(this);
    }

    public CrossSignCa crossSignCa() {
        return new CrossSignCa(this);
    }

    public AdoptCa adoptCa() {
        return new AdoptCa(this);
    }

    public AdoptDevices adoptDevices() {
        return new AdoptDevices(this);
    }

    public ImportCa importCa() {
        return new ImportCa(this);
    }

    public ImportCrl importCrl() {
        return new ImportCrl(this);
    }

    public ReissueCa reissueCa() {
        return new ReissueCa(this);
    }

    public RotateCa rotateCa() {
        return new RotateCa(this);
    }

    public RetireCa retireCa() {
        return new RetireCa(this);
    }

    public WeighCa weighCa() {
        return new WeighCa(this);
    }

    public ShowAlgorithms showAlgorithms() {
        return new ShowAlgorithms(this);
    }

    public ShowLedger showLedger() {
        return new ShowLedger(this);
    }

    public ExamineStore examineStore() {
        return new ExamineStore(this);
    }

    public TellStatus tellStatus() {
        return new TellStatus(this);
    }

    public CheckAudit checkAudit() {
        return new CheckAudit(store);
    }

    public BackUpStore backUpStore() {
        return new BackUpStore(this);
    }

    /** This, for a deed that makes, signs or verifies many: keys that are opened from now on are computed with natively. */
    Workshop forMany() {
        if (surroundings.crypto() == Crypto.NATIVE) {
            engine = Engine.forMany();
            surroundings.words().detail("keys and signatures are computed by " + engine.text());
        }
        return this;
    }

    Engine engine() {
        return engine;
    }

    public Settings settings() {
        return settings;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Instant now() {
        return surroundings.clock().instant();
    }

    StoreFolder folder() {
        return folder;
    }

    Store store() {
        return store;
    }

    /** As they were when each was first asked for: a process keeps to them, however many devices it makes. */
    Profile profile(String name) {
        return profiles.computeIfAbsent(name, wanted -> new Profiles(Optional.of(folder.profiles())).named(wanted));
    }

    Planner planner() {
        return new Planner(settings, surroundings.clock(), surroundings.random());
    }

    /** All rules, found once; safe between threads. */
    synchronized Linter linter() {
        Linter found = linter.orElseGet(Linter::new);
        linter = Optional.of(found);
        return found;
    }

    CrlNames crlNames() {
        return new CrlNames(this);
    }

    /** All formats, found once. */
    synchronized Exporters exporters() {
        Exporters found = exporters.orElseGet(Exporters::new);
        exporters = Optional.of(found);
        return found;
    }

    KeyRing keyRing() {
        return new KeyRing(
                folder.keys(), settings.pkcs11Module(), surroundings.passphrases(), surroundings.random(), engine);
    }

    Litter litter() {
        return litter;
    }

    KeyPool keyPool() {
        return keyPool;
    }

    /** A new key for a device, from the pool if that has one. */
    DeviceKey newKey(KeySpec kind) {
        Optional<DeviceKey> ready = StockKeyPool.KINDS.contains(kind) ? keyPool.take(kind) : Optional.empty();
        return ready.orElseGet(() -> engine.generate(kind, surroundings.random()));
    }

    /** Read again now and then, for who takes its orders over may change; its ledger may be far away. */
    LedgerCa ca(CaName name) {
        Instant now = now();
        if (now.isAfter(casReadAt.plus(CAS_FRESH)) || now.isBefore(casReadAt)) {
            forgetCas();
            casReadAt = now;
        }
        LedgerCa known = cas.get(name); // not computeIfAbsent: whoever reads the ledger may be asking this
        if (known == null) {
            known = readCa(name);
            cas.put(name, known);
        }
        return known;
    }

    private LedgerCa readCa(CaName name) {
        return store.ca(name)
                .orElseThrow(
                        () -> DevpkiException.notFound("there is no CA " + name).hint("devpki ca list"));
    }

    /** After a change. */
    void forgetCas() {
        cas.clear();
        caCertificates.forget();
    }

    /**
     * The CAs that have carried out orders for a CA: itself, then whoever took over from the one before. The last one issues
     * now; each is asked whether it knows an order, for an order that was carried out before is not carried out again.
     */
    List<CaName> line(CaName asked) {
        return line(asked, this::ca);
    }

    /** Whether the ledger has that line at this moment; what is kept of another one is forgotten. */
    boolean isStill(List<CaName> line) {
        boolean isStill = line(line.get(0), this::readCa).equals(line);
        if (!isStill) {
            forgetCas();
        }
        return isStill;
    }

    private List<CaName> line(CaName asked, Function<CaName, LedgerCa> known) {
        Instant now = now();
        List<CaName> line = new ArrayList<>(List.of(asked));
        Optional<CaName> next = successor(known.apply(asked), now);
        while (next.isPresent()) {
            line.add(next.get());
            next = successor(known.apply(next.get()), now);
        }
        return line;
    }

    private static Optional<CaName> successor(LedgerCa ca, Instant now) {
        return ca.succession().filter(known -> known.isInForce(now)).map(Succession::to);
    }

    /** The one that carries out an order for a CA now. */
    CaName issuing(CaName asked) {
        List<CaName> line = line(asked);
        return line.get(line.size() - 1);
    }

    /**
     * The CA that signs what devpki says for itself, such as manifests: of those that have carried out the default's orders the
     * first that still can, so that whoever verifies has to learn of another one as late as possible.
     */
    CaName signing() {
        List<CaName> line = line(settings.defaultCa());
        return line.stream().filter(this::maySign).findFirst().orElse(line.get(line.size() - 1));
    }

    private boolean maySign(CaName name) {
        LedgerCa ca = ca(name);
        return !ca.isAtOffice()
                && ca.retiredAt().isEmpty()
                && !isOver(name)
                && revokedAmong(name).isEmpty();
    }

    /** Whether the CA's own certificate has ended. */
    boolean isOver(CaName name) {
        return certificate(name).tbs().notAfter().at().isBefore(now());
    }

    /** When the last certificate ends that a CA gave to anybody but devpki's own delegates and itself. */
    Optional<Instant> lastEnd(LedgerCa ca) {
        return store.lastEnd(ca, Delegates.Task.profiles());
    }

    /** @throws DevpkiException REFUSED for what was made elsewhere, if lint finds an error */
    static void refuseErrors(List<Finding> findings, String what) {
        List<String> errors =
                findings.stream().filter(Finding::isError).map(Finding::text).toList();
        if (!errors.isEmpty()) {
            throw DevpkiException.refused("lint refuses " + what + ": " + String.join("; ", errors));
        }
    }

    /** @throws DevpkiException REFUSED for a certificate whose CA is at the office, for its CRL is made there */
    void refuseOffice(LedgerCertificate row) {
        CaName name = row.reservation().ca();
        if (store.ca(name).filter(LedgerCa::isAtOffice).isPresent()) {
            throw DevpkiException.refused("certificate " + row.serial() + " is of CA " + name
                            + ", whose CRL is made where its key is")
                    .hint("devpki revoke there, then devpki crl import here");
        }
    }

    /** The CAs that have something to say in CRLs and OCSP answers: one that is retired has, until its last leaf has expired. */
    List<LedgerCa> publishingCas() {
        return store.cas().stream()
                .filter(ca -> ca.retiredAt().isEmpty()
                        || lastEnd(ca).filter(end -> !end.isBefore(now())).isPresent())
                .toList();
    }

    /** A CA's own certificate, the one that counts; read once. */
    ParsedCertificate certificate(CaName name) {
        return caCertificates.of(ca(name));
    }

    CaCertificates caCertificates() {
        return caCertificates;
    }

    /** The CA's key, opened once; safe between threads. */
    synchronized Authority authority(CaName name) {
        return authorities.computeIfAbsent(name, wanted -> {
            SigningKey key = keyRing()
                    .open(ca(wanted).keyUri(), certificate(wanted).tbs().publicKey());
            keys.add(key);
            return new Authority(key, engine);
        });
    }

    /** The CA's certificate and those above it, the root last. */
    List<ParsedCertificate> issuers(CaName issuer) {
        List<ParsedCertificate> issuers = new ArrayList<>();
        Optional<CaName> at = Optional.of(issuer);
        while (at.isPresent()) {
            issuers.add(certificate(at.get()));
            at = ca(at.get()).parent();
        }
        return issuers;
    }

    /** A leaf with all CAs above it, as they were when it was issued. */
    CredentialChain chain(CertificateDer leaf, CaName issuer) {
        List<CertificateDer> issuers = caCertificates.above(leaf, issuer).stream()
                .map(ParsedCertificate::der)
                .toList();
        int last = issuers.size() - 1;
        return new CredentialChain(leaf, issuers.subList(0, last), issuers.get(last));
    }

    /** What lint says of a leaf and those above it on the chip that it is for; of the leaf alone where it is for none. */
    List<Finding> lint(CertificateDer leaf, CaName issuer, Profile profile, Optional<Flashed> flashed) {
        LintSubject subject = LintSubject.of(Certificates.parse(leaf).tbs())
                .below(caCertificates.above(leaf, issuer))
                .madeBy(profile);
        return linter().certificate(subject.on(flashed));
    }

    /** @throws DevpkiException REFUSED if the CA, or one above it, is revoked or held */
    void refuseRevoked(CaName name) {
        revokedAmong(name).ifPresent(revoked -> {
            throw DevpkiException.refused("CA " + revoked + " is revoked, so " + name + " issues nothing");
        });
    }

    /** @throws DevpkiException REFUSED if the CA issues nothing: it is retired, not finished, revoked or held */
    void refuseIdle(CaName name) {
        LedgerCa ca = ca(name);
        if (ca.retiredAt().isPresent() || !createCa().isFinished(ca)) {
            throw DevpkiException.refused(LedgerCa.idle(name, ca.retiredAt())).hint("devpki ca show " + name);
        }
        refuseRevoked(name);
    }

    /** The ledger's row of a certificate, octet for octet. */
    Optional<LedgerCertificate> row(ParsedCertificate certificate) {
        return store.certificatesWithSerial(certificate.tbs().serialNumber()).stream()
                .filter(row -> row.certificate().equals(Optional.of(certificate.der())))
                .findFirst();
    }

    /** The CA itself or the one above it that is revoked or held. */
    Optional<CaName> revokedAmong(CaName name) {
        LedgerCa ca = ca(name);
        boolean isRevoked = store.certificate(ca.issuerAndSerial())
                .flatMap(row -> row.revocation())
                .isPresent();
        return isRevoked ? Optional.of(name) : ca.parent().flatMap(this::revokedAmong);
    }

    /** Whether line tokens restrict the store: it issues for headquarters, which has its revocations and CRLs. */
    boolean isHome() {
        return store.quota().isRestricting();
    }

    /** Whether all CAs' keys are at the office, so that the store asks for certificates and issues none. */
    boolean isKeyless() {
        List<LedgerCa> all = store.cas();
        return !all.isEmpty() && all.stream().allMatch(LedgerCa::isAtOffice);
    }

    /** Whether CRLs and OCSP answers are this store's to publish. */
    boolean isPublishing() {
        return !isHome() && !isKeyless();
    }

    /** @throws DevpkiException REFUSED in a factory, which {@code does} not: "publishes no CRL" */
    void refuseHome(String does) {
        refuseKeyless(does);
        refuseRestricted(does);
    }

    /** @throws DevpkiException REFUSED in a factory home */
    void refuseRestricted(String does) {
        if (isHome()) {
            throw DevpkiException.refused("store " + folder.path()
                            + " is a factory home, restricted by a line token, and " + does + "; headquarters does")
                    .hint("devpki store backup here, devpki batch merge at headquarters");
        }
    }

    /** @throws DevpkiException REFUSED in a store without CA keys, which {@code does} not */
    void refuseKeyless(String does) {
        if (isKeyless()) {
            throw DevpkiException.refused(
                    "store " + folder.path() + " has no CA keys, and " + does + "; the office does");
        }
    }

    /**
     * Tells a CA's own certificate, one that was made for a CA elsewhere, or a delegate's, which devices, brokers and customers
     * lean on. What stands in a certificate decides; it is not asked where a profile that can be read makes none for CAs.
     */
    Predicate<LedgerCertificate> foundations() {
        Set<IssuerAndSerialNumber> cas = caCertificates.every();
        Map<String, Optional<Boolean>> forCas = new ConcurrentHashMap<>();
        return row -> {
            String profile = row.reservation().profile();
            return cas.contains(row.issuerAndSerial())
                    || Delegates.Task.isProfile(profile)
                    || isCas(row, forCas.computeIfAbsent(profile, this::isForCas));
        };
    }

    /** Whether a profile makes CAs; empty for one that cannot be read, which keeps nobody from revoking. */
    private Optional<Boolean> isForCas(String profile) {
        try {
            return Optional.of(profile(profile).purpose().isCa());
        } catch (DevpkiException e) {
            return Optional.empty();
        }
    }

    private static boolean isCas(LedgerCertificate row, Optional<Boolean> isForCas) {
        if (isForCas.equals(Optional.of(false))) {
            return false;
        }
        try {
            return row.certificate()
                    .map(der -> Certificates.parse(der).tbs().isCa())
                    .orElse(isForCas.orElse(false));
        } catch (DevpkiException e) {
            return isForCas.orElse(false);
        }
    }

    /** The lock under which a CA's certificates for a name are made. */
    static String nameLock(CaName ca, String name) {
        return "name " + ca + "/" + name;
    }

    /** Orders that were cut short; those that somebody works on at this moment are left out. */
    List<LedgerCertificate> unfinished() {
        return store.unfinished().stream()
                .filter(row -> !store.isLocked(
                        nameLock(row.reservation().ca(), row.reservation().name())))
                .toList();
    }

    @Override
    public void close() {
        keys.forEach(SigningKey::close);
        keyPool.close();
        store.close();
    }
}
