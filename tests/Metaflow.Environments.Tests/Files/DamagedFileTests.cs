using System.Diagnostics;
using System.Text;
using Metaflow.Environments.Files;
using Metaflow.Environments.Requirements;
using Metaflow.Errors;

namespace Metaflow.Environments.Tests.Files;

/// <summary>Whatever a file contains, reading it ends soon, in a requirement or in an error with a code.</summary>
public sealed class DamagedFileTests
{
    private const string Requirements = """
        numpy>=1.2,<2 ; sys_platform=='linux' and (python_version<'3.9' or extra=="x")
        greet[x,y] @ git+https://user:pw@example.org/a.git@v1#egg=greet  # why
        --extra-index-url https://a.example
        --conda-pkg ffmpeg >= 6 \
          ,<7
        --sys-pkg __glibc==2.27
        --nuget-pkg Newtonsoft.Json==[12.0,13.0-rc.1)&*-*
        --nuget-pkg Acme.Lib~=1.2.3.4-beta.1+x
        python==3.11
        """;

    private const string Yaml = """
        channels: [a, "b"]
        pypi-indices:
          - c
        dependencies:
          - python=3.11
          - conda-forge::numpy = >=1,<2
          - pip:
            - a[x] >=1 ; os_name=='nt'
            - git+https://example.org/lib.git@v1#egg=other
          - nuget:
            - A=1.*-rc*
          - sys:
            - __cuda=12
        """;

    private const string Toml = """
        [project]
        requires-python = ">=3.10"
        dependencies = ["numpy>=1,<2; os_name=='nt'", 'lib @ https://e.example/x']
        [[tool.uv.index]]
        url = "u"
        [tool.metaflow]
        nuget-sources = ["s"]
        [tool.metaflow.nuget]
        "A.B" = "[1.0,2.0)"
        """;

    private const string Pylock = """
        lock-version = "1.0"
        requires-python = ">=3.10"
        [[packages]]
        name = "a"
        version = "1.0"
        marker = "os_name == 'nt'"
        wheels = [{ url = "https://e.example/a.whl", hashes = { sha256 = "ab" } }]
        [[packages]]
        name = "b"
        vcs = { type = "git", url = "https://e.example/b.git", commit-id = "abc", subdirectory = "x y" }
        """;

    private const string Project = """
        <Project Sdk="x"><PropertyGroup><V>1.2.*</V><W Condition="'$(V)'==''">$(W)</W></PropertyGroup>
        <ItemGroup><PackageReference Include="A;B" Version="$(V)" /><PackageReference Update="A"><Version>[1,2)</Version></PackageReference>
        <PackageVersion Include="A" Version="1" /></ItemGroup></Project>
        """;

    private const string Lock = """
        { "version": 1, "dependencies": { "net10.0": { "A": { "type": "Direct", "resolved": "1.0.0-rc.1", "contentHash": "x" },
        "b": { "type": "Project" } }, "net8.0": {} } }
        """;

    private const string Conda = """
        version: 1
        metadata: { channels: [ { url: forge, used_env_vars: [] } ] }
        package:
        - name: python
          version: '3.11'
          manager: conda
          platform: linux-64
          url: https://e.example/linux-64/python-3.11-0.conda
          hash: { md5: 0123456789abcdef0123456789abcdef }
          category: main
        """;

    private const string Pixi = """
        version: 6
        environments:
          default:
            channels:
            - url: https://e.example/forge/
            packages:
              linux-64:
              - conda: https://e.example/linux-64/python-3.11-0.conda
        packages:
        - conda: https://e.example/linux-64/python-3.11-0.conda
          md5: 0123456789abcdef0123456789abcdef
        """;

    private const string Uv = """
        version = 1
        requires-python = ">=3.11"
        [[package]]
        name = "p"
        source = { virtual = "." }
        dependencies = [{ name = "a", marker = "os_name == 'nt'" }]
        [[package]]
        name = "a"
        version = "1.0"
        source = { git = "https://e.example/a.git#0123" }
        """;

    [Theory]
    [InlineData(Conda)]
    [InlineData(Pixi)]
    [InlineData(Uv)]
    [InlineData(Requirements)]
    [InlineData(Yaml)]
    [InlineData(Toml)]
    [InlineData(Pylock)]
    [InlineData(Project)]
    [InlineData(Lock)]
    public void A_damaged_file_ends_in_a_requirement_or_an_error_with_a_code(string text)
    {
        var random = new Random(text.Length);
        for (var round = 0; round < 300; round++)
        {
            var damaged = Damage(text, random);
            foreach (var parse in Parsers())
            {
                try
                {
                    var read = parse(InputFile.Of("f", Encoding.UTF8.GetBytes(damaged)));

                    Assert.Equal(40, EnvironmentRequest.Of(read.Requirement, "net10.0").RequestId.Length);
                }
                catch (ConfigurationException error)
                {
                    Assert.StartsWith("MF71", error.Code, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public void Thousands_of_packages_are_read_soon()
    {
        var packages = Enumerable.Range(0, 3000).ToList();
        var lines = string.Join('\n', packages.Select(static number => $"package-{number}>=1.{number},<2 ; python_version > '3.8'"));
        var locked = string.Join(',', packages.Select(static number => $$"""
            "Package.{{number}}": { "type": "Direct", "resolved": "1.{{number}}.0", "contentHash": "x" }
            """));
        var start = Stopwatch.GetTimestamp();

        Assert.Equal(3000, RequirementsFile.Parse(InputFile.Of("f", lines)).Requirement.Packages["pypi"].Count);
        Assert.Equal(
            3000,
            LockFile.Parse(InputFile.Of("f", $$"""{ "dependencies": { "net10.0": { {{locked}} } } }"""), "net10.0")
                .Requirement.Packages["nuget"].Count);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    private static IEnumerable<Func<InputFile, FileRequirement>> Parsers() =>
    [
        RequirementsFile.Parse, EnvironmentYaml.Parse, ProjectToml.Parse, PylockToml.Parse, CentralVersions.Parse,
        static file => ProjectFile.Parse(file, file), static file => LockFile.Parse(file, "net10.0", "linux-x64"),
        static file => CondaLockFile.Parse(file, "linux-64"), static file => PixiLock.Parse(file, "linux-64"), UvLock.Parse,
    ];

    private static string Damage(string text, Random random)
    {
        const string Characters = "\0\t\n\r \"#$%&'()*+,-./0129:;<=>@AZ[\\]^_az{|}~\u0085\u00A0éß\u0130\u2028\uD83D\uFEFF\uFFFD";
        var damaged = new StringBuilder(text);
        for (var times = random.Next(1, 5); times > 0; times--)
        {
            var place = random.Next(damaged.Length);
            var length = random.Next(Math.Min(12, damaged.Length - place));
            switch (random.Next(4))
            {
                case 0:
                    damaged.Remove(place, length);
                    break;
                case 1:
                    damaged.Insert(place, Characters[random.Next(Characters.Length)]);
                    break;
                case 2:
                    damaged[place] = Characters[random.Next(Characters.Length)];
                    break;
                default:
                    damaged.Insert(random.Next(damaged.Length), damaged.ToString(place, length));
                    break;
            }
        }

        return damaged.ToString();
    }
}
