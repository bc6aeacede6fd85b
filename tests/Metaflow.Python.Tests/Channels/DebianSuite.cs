namespace Metaflow.Python.Tests.Channels;

/// <summary>A library of Debian as a conda package.</summary>
/// <param name="Name">The conda package's name.</param>
/// <param name="Packages">Debian's packages. The first one gives the version.</param>
/// <param name="Depends">The names of the conda packages of libraries that it needs.</param>
internal sealed record DebianLibrary(string Name, IReadOnlyList<string> Packages, params string[] Depends);

/// <summary>What is taken from one release of Debian, and how it becomes conda packages.</summary>
internal sealed record DebianSuite
{
    /// <summary>The C library that a suite brings along because its programs need a newer one than other machines have.</summary>
    public const string OwnRuntime = "glibc-runtime";

    private static readonly string[] Wheels = ["python3-pip-whl", "python3-setuptools-whl", "python3-wheel-whl"];

    /// <summary>Debian 12, which gives Python 3.11.</summary>
    public static readonly DebianSuite Bookworm = new()
    {
        Name = "bookworm",
        Number = 12,
        Python = "3.11",
        PythonPackages =
        [
            "python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib", "python3-distutils", "python3-lib2to3",
        ],
        Libraries =
        [
            new("libzlib", ["zlib1g"]),
            new("bzip2", ["libbz2-1.0"]),
            new("liblzma", ["liblzma5"]),
            new("libffi", ["libffi8"]),
            new("libexpat", ["libexpat1"]),
            new("openssl", ["libssl3"]),
            new("libsqlite", ["libsqlite3-0"]),
            new("libuuid", ["libuuid1"]),
            new("ncurses", ["libncursesw6", "libtinfo6"]),
            new("readline", ["libreadline8"], "ncurses"),
            new("libdb", ["libdb5.3"]),
            new("libxcrypt", ["libcrypt1"]),
            new("libgcc", ["libgcc-s1"]),
            new("libstdcxx", ["libstdc++6"], "libgcc"),
            new("libquadmath", ["libquadmath0"]),
            new("libgfortran", ["libgfortran5"], "libquadmath", "libgcc"),
            new("libblas", ["libblas3"], "libgfortran"),
            new("liblapack", ["liblapack3"], "libblas", "libgfortran"),
        ],
        PureModules =
        [
            new("six", "python3-six") { Format = CondaFormat.TarBz2 },
            new("pytz", "python3-tz") { Depends = ["tzdata"], Format = CondaFormat.TarBz2 },
            new("python-dateutil", "python3-dateutil") { Depends = ["six >=1.5"], Requires = ["six>=1.5"] },
        ],
        PandasRequires = ["python-dateutil>=2.8.1", "pytz>=2020.1", "numpy>=1.21.0"],
        WheelPackages = Wheels,
        NewestPython = "3.12",
        Tools = ["patchelf", "libc6"],
    };

    /// <summary>Debian 13, which gives Python 3.13 and its own C library, since that of Debian 12 is too old for it.</summary>
    public static readonly DebianSuite Trixie = new()
    {
        Name = "trixie",
        Number = 13,
        Python = "3.13",
        PythonPackages = ["python3.13-minimal", "libpython3.13-minimal", "libpython3.13-stdlib"],
        Libraries =
        [
            new(OwnRuntime, ["libc6"]),
            new("libzlib", ["zlib1g"]),
            new("bzip2", ["libbz2-1.0"]),
            new("liblzma", ["liblzma5"]),
            new("libffi", ["libffi8"]),
            new("libexpat", ["libexpat1"]),
            new("zstd", ["libzstd1"]),
            new("openssl", ["libssl3t64"], "zstd", "libzlib"),
            new("libsqlite", ["libsqlite3-0"]),
            new("libuuid", ["libuuid1"]),
            new("ncurses", ["libncursesw6", "libtinfo6"]),
            new("readline", ["libreadline8t64"], "ncurses"),
            new("libdb", ["libdb5.3t64"]),
            new("libgcc", ["libgcc-s1"]),
            new("libstdcxx", ["libstdc++6"], "libgcc"),
            new("libgfortran", ["libgfortran5"], "libgcc"),
            new("libblas", ["libblas3"], "libgfortran"),
            new("liblapack", ["liblapack3"], "libblas", "libgfortran"),
        ],
        PureModules =
        [
            new("pytz", "python3-pytz") { Depends = ["tzdata"] },
            new("python-dateutil", "python3-dateutil"),
        ],
        PandasRequires = [],
        WheelPackages = [.. Wheels, "python3-packaging-whl"],
        Tools = [],
    };

    /// <summary>Debian's name of the release.</summary>
    public required string Name { get; init; }

    /// <summary>The number of the release: packages of different releases cannot be mixed in an environment.</summary>
    public required int Number { get; init; }

    /// <summary>The first two parts of Python's version.</summary>
    public required string Python { get; init; }

    /// <summary>Debian's packages that make up Python.</summary>
    public required IReadOnlyList<string> PythonPackages { get; init; }

    /// <summary>The libraries that Python, numpy and pandas need.</summary>
    public required IReadOnlyList<DebianLibrary> Libraries { get; init; }

    /// <summary>The modules without machine code.</summary>
    public required IReadOnlyList<PureModule> PureModules { get; init; }

    /// <summary>What pandas requires, where Debian dropped it from the description.</summary>
    public required IReadOnlyList<string> PandasRequires { get; init; }

    /// <summary>Debian's packages that hold a wheel.</summary>
    public required IReadOnlyList<string> WheelPackages { get; init; }

    /// <summary>The first version of Python for which the wheels are too old, or <see langword="null"/>.</summary>
    public string? NewestPython { get; init; }

    /// <summary>Packages that are used to make the channel and are not in it.</summary>
    public required IReadOnlyList<string> Tools { get; init; }

    /// <summary>Whether the suite's programs run with the suite's own C library.</summary>
    public bool HasOwnRuntime => Libraries.Any(static library => library.Name == OwnRuntime);

    /// <summary>All packages to download.</summary>
    public IEnumerable<string> Packages
        =>
        [
            .. PythonPackages, .. Libraries.SelectMany(static library => library.Packages),
            .. PureModules.Select(static module => module.Package),
            .. WheelPackages, .. Tools, "tzdata", "python3-numpy", "python3-pandas", "python3-pandas-lib",
        ];
}
