using System.Text;

namespace Metaflow.Python.Tests.Channels;

/// <summary>Small packages that no distribution has, for what the real ones do not show.</summary>
internal static class SyntheticPackages
{
    /// <summary>The conda packages that are in the real channel, too.</summary>
    public static IReadOnlyList<CondaPackage> Conda() =>
    [
        Tool("ffmpeg", "5.1.4"), Tool("ffmpeg", "6.1.1"), Greeting("1.0.0"), Greeting("2.0.0"), Places("1.0"),
        Nothing("metapackage", "1.0", ["ffmpeg >=6"]),
    ];

    /// <summary>The wheels that are in the real index, too.</summary>
    public static IReadOnlyList<Wheel> Wheels() =>
    [
        new() { Name = "milk", Version = "1.0" },
        new() { Name = "milk", Version = "1.5" },
        new() { Name = "milk", Version = "2.0", RequiresPython = ">=3.12" },
        new() { Name = "mold", Version = "0.3.0", Commands = ["mold = mold:main"] },
        new() { Name = "Cheese.Shop", Version = "1.0", Requires = ["milk<2"] },
        new()
        {
            Name = "Cheese.Shop",
            Version = "2.0",
            Requires =
            [
                "milk>=1.0", "mold>=0.3; extra == 'blue'", "winter; sys_platform == 'win32'", "summer>=1; python_version < '3.12'",
            ],
            Extras = ["blue"],
            Commands = ["cheese = cheese_shop:main"],
        },
        new() { Name = "Cheese.Shop", Version = "2.1rc1", Requires = ["milk>=1.0"] },
        new() { Name = "Cheese.Shop", Version = "1.9", Yanked = "It melted." },
        new() { Name = "summer", Version = "1.2.3" },
    ];

    /// <summary>The distributions of which there are only sources.</summary>
    public static IReadOnlyList<Wheel> Sources() =>
    [
        new() { Name = "from-source", Version = "0.1", Requires = ["milk>=1.0"], Commands = ["from-source = from_source:main"] },
    ];

    /// <summary>A hash of all that is in the real channel and the real index of these packages.</summary>
    public static string Identity()
    {
        var files = Conda().SelectMany(static package => package.Files)
            .Select(static file => $"{file.Path} {file.LinkTarget ?? Hashes.Of(file.Read())}");
        var records = Conda().Select(static package => CondaPackageWriter.Index(package).ToJsonString());
        var wheels = Wheels().Concat(Sources())
            .Select(static wheel => $"{wheel.Metadata()} {wheel.Yanked} {string.Join(' ', wheel.Commands)}");
        return Hashes.OfText(string.Join('\n', [.. files, .. records, .. wheels]));
    }

    /// <summary>A tool of the shell that reads a file of its package, such as a user expects of a program.</summary>
    public static CondaPackage Tool(string name, string version)
        => new()
        {
            Name = name,
            Version = version,
            NoArch = "generic",
            Files =
            [
                CondaFile.Script(
                    $"bin/{name}",
                    $"""
                    #!/bin/sh
                    read -r line < '{CondaPackage.Placeholder}/share/{name}/version'
                    echo "{name} version $line"
                    echo "$@"

                    """),
                CondaFile.Text($"share/{name}/version", version + "\n"),
            ],
        };

    /// <summary>A package of Python modules for every Python, with a command and a script.</summary>
    public static CondaPackage Greeting(string version)
        => new()
        {
            Name = "greeting",
            Version = version,
            Build = "pyhd8ed1ab_0",
            NoArch = "python",
            Depends = ["python >=3.7"],
            EntryPoints = ["greet = greeting:main"],
            Files =
            [
                CondaFile.Text(
                    "site-packages/greeting/__init__.py",
                    $"version = '{version}'\n\n\ndef main():\n    print('hello from', version)\n"),
                CondaFile.Text(
                    $"site-packages/greeting-{version}.dist-info/METADATA",
                    $"Metadata-Version: 2.1\nName: greeting\nVersion: {version}\n"),
                CondaFile.Script(
                    "python-scripts/greet-script",
                    $"#!{CondaPackage.Placeholder}/bin/python\nimport greeting\ngreeting.main()\n"),
            ],
        };

    /// <summary>A package whose files name their environment in text and in bytes, with links and a file that must be copied.</summary>
    public static CondaPackage Places(string version)
        => new()
        {
            Name = "places",
            Version = version,
            Subdir = CondaPackage.Linux,
            Files =
            [
                CondaFile.Text("etc/places.conf", $"home = {CondaPackage.Placeholder}\nlib = {CondaPackage.Placeholder}/lib:/usr/lib\n"),
                CondaFile.Binary(
                    "lib/places.bin",
                    [0x7F, 0, .. Encoding.ASCII.GetBytes($"{CondaPackage.Placeholder}/a:{CondaPackage.Placeholder}/b"), 0, 0xFE, 0xFF, 0]),
                CondaFile.Text("share/places/copied", "copied\n") with { NoLink = true },
                CondaFile.Link("lib/places.link", "places.bin"),
                CondaFile.Link("share/places/conf", "../../etc/places.conf"),
                CondaFile.Script("etc/conda/activate.d/places.sh", $"export PLACES_HOME='{CondaPackage.Placeholder}'\n"),
                CondaFile.Text("share/places/empty", string.Empty),
            ],
        };

    /// <summary>A package without files.</summary>
    public static CondaPackage Nothing(string name, string version, IReadOnlyList<string> depends)
        => new() { Name = name, Version = version, NoArch = "generic", Depends = depends };
}
