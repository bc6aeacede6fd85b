using Metaflow.Errors;
using Metaflow.Python.Tests.Channels;

namespace Metaflow.Scenarios.Tests.StepPackages.Examples;

/// <summary>What the pages and examples of Metaflow's extension show works here: each environment is found, and a step imports its
/// packages.</summary>
public sealed class ExtensionExampleTests(PythonWorld world)
{
    [Fact]
    public async Task Steps_have_their_own_versions_from_conda_or_the_index_and_flows_give_defaults()
    {
        RequireLong();
        await using var program = new ExampleProgram(await world.RequireAsync());

        var conda = await program.RunAsync("conda", "pandas numpy");
        var pypi = await program.RunAsync("pypi", "pandas numpy");
        var based = await program.RunAsync("base", "numpy");
        var mixed = await program.RunAsync("mixed", "numpy scipy requests");
        var run = program.Place.Client().Flow("CondaTestFlow").LatestRun!.Id;
        var again = await program.RunAsync("pathspec", "pandas", ("EXAMPLE_RUN", run));

        AssertHas(conda, "start has pandas 1.4.0", "start has numpy 1.26.4", "end has pandas 1.5.0");
        AssertHas(pypi, "start has pandas 2.1.4", "start has numpy 1.26.4", "end has pandas 2.2.2");
        AssertHas(based, "start has numpy 1.21.5", "other has numpy 1.21.6", "end has ''");
        AssertHas(
            mixed, "start has numpy 1.26.4", "start lacks scipy", "conda_step has scipy 1.11.4", "conda_step has numpy 1.26.4",
            "conda_step lacks requests", "pypi_step has requests 2.31.0", "pypi_step has numpy 1.26.4", "done");
        AssertHas(again, "start has pandas 1.5.0");
    }

    [Fact]
    public async Task Files_of_requirements_and_of_conda_make_environments_with_names()
    {
        RequireLong();
        await using var program = new ExampleProgram(await world.RequireAsync());

        await UseAsync(
            program, "numpy_pypi", "req_numpy.txt", "numpy==1.21.5\n", "numpy", ["--python", ">=3.11,<3.12"], "has numpy 1.21.5");
        await UseAsync(
            program, "numpy_conda", "env_numpy.yml", "dependencies:\n  - numpy=1.21.5\n", "numpy", ["--python", ">=3.11,<3.12"],
            "has numpy 1.21.5");
        await UseAsync(
            program, "examples/yml_demo", "environment.yml",
            """
            channels:
              - conda-forge
            dependencies:
              - python=3.11
              - numpy=1.26.4
              - pandas=2.0.3
              - pip:
                  - requests==2.31.0
            """,
            "numpy pandas requests", [], "has numpy 1.26.4", "has pandas 2.0.3", "has requests 2.31.0");
        await UseAsync(
            program, "examples/req_demo", "requirements.txt",
            """
            # Standard PyPI packages
            requests==2.31.0
            pandas==2.0.3

            # Non-Python Conda packages (extension to standard requirements.txt format).
            --conda-pkg openssl

            # Additional PyPI index (standard pip option)
            # --extra-index-url https://pypi.example.com/simple
            """,
            "requests pandas ssl", ["--python", ">=3.11,<3.12"], "has requests 2.31.0", "has pandas 2.0.3");
    }

    [Fact]
    public async Task Tools_of_conda_stand_beside_packages_of_the_index()
    {
        RequireLong();
        await using var program = new ExampleProgram(await world.RequireAsync());
        program.Place.Environment["EXAMPLE_TOOL"] = "ffmpeg";

        var output = await UseAsync(
            program, "ffmpeg", "requirements.txt", "--conda-pkg ffmpeg\nffmpeg-python\n", "ffmpeg future", [], "has ffmpeg 0.2.0",
            "has future 1.0.0");

        Assert.Contains("ffmpeg version 6.1.1", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repositories_sources_and_folders_are_built_with_the_tools_that_the_file_asks_for()
    {
        RequireLong();
        await using var program = new ExampleProgram(await world.RequireAsync());
        program.AllowGit();
        var (transnet, _) = program.Sources.Repository(
            "TransNetV2", "transnetv2", "1.0", "import subprocess; subprocess.check_call(['git-lfs', '--version'])");
        var (clip, commit) = program.Sources.Repository("CLIP", "clip", "1.0");

        await UseAsync(
            program, "sources", "requirements.txt",
            $"""
            --conda-pkg git-lfs
            # Needs LFS to build
            transnetv2 @ {transnet}#main
            # GIT repo
            clip @ {clip}@{commit}
            # Source only distribution
            outlier-detector==0.0.3
            # Local package
            foo @ {program.Sources.Folder("foo", "0.1")}
            """,
            "transnetv2 clip outlier_detector foo", [], "has transnetv2 1.0", "has clip 1.0", "has outlier_detector 0.0.3", "has foo 0.1");

        // The sources are gone: what was built of them stays.
        Directory.Delete(Path.Combine(program.Place.Folder, "sources"), recursive: true);
        await UseAsync(
            program, "more_sources", "more.txt", "itsdangerous\n", "transnetv2 clip outlier_detector foo itsdangerous",
            ["--using", "sources"], "has transnetv2 1.0", "has clip 1.0", "has foo 0.1", "has itsdangerous 2.1.2");
    }

    [Fact]
    public async Task Packages_of_conda_and_the_index_are_mixed_with_extras_and_repositories()
    {
        RequireLong();
        await using var program = new ExampleProgram(await world.RequireAsync());
        program.AllowGit();
        var (clip, commit) = program.Sources.Repository("CLIP", "clip", "1.0");

        await UseAsync(
            program, "mixed", "environment.yml",
            """
            dependencies:
              - pandas = >=1.0.0
              - pip:
                - tensorflow = 2.7.4
                - apache-airflow[aiobotocore]
            """,
            "pandas numpy tensorflow airflow aiobotocore", [], "has pandas 2.2.2", "has numpy 1.26.4", "has tensorflow 2.7.4",
            "has airflow 2.9.3", "has aiobotocore 2.13.0");

        // The extension refuses this.
        await UseAsync(
            program, "mixed_with_git", "git.yml", $"dependencies:\n  - pandas = >=1.0.0\n  - pip:\n    - {clip}@{commit}\n",
            "pandas clip", [], "has pandas 2.2.2", "has clip 1.0");
    }

    [Fact]
    public async Task Environments_with_names_are_extended_and_built_while_a_flow_runs()
    {
        RequireLong();
        const string Name = "mlp/metaflow/conda_example/numpy_test_env";
        await using var program = new ExampleProgram(await world.RequireAsync());
        program.Place.Environment["EXAMPLE_METAFLOW"] = ToolProgram.File;

        await UseAsync(
            program, Name, "env_numpy.yml", "dependencies:\n  - numpy=1.21.5\n", "numpy", ["--python", ">=3.11,<3.12"],
            "has numpy 1.21.5");
        await UseAsync(
            program, "mlp/metaflow/conda_example/numpydanger_test_env", "env_extra.yml", "dependencies:\n  - itsdangerous=2.1.2\n",
            "numpy itsdangerous", ["--using", Name], "has numpy 1.21.5", "has itsdangerous 2.1.2");
        var extended = await program.RunAsync("extended", "numpy itsdangerous pandas", ("EXAMPLE_NAME", Name));
        var built = await program.RunAsync("built", "itsdangerous");

        var client = program.Place.Client();
        Assert.Equal(EnvironmentOf("NamedEnvFlow"), EnvironmentOf("ExtendedFlow"));
        AssertHas(extended, "start has numpy 1.21.5", "start has itsdangerous 2.1.2", "end has pandas 1.5.0");
        AssertHas(built, "end has itsdangerous 2.1.2");
        Assert.Equal("2.1.2", client.Flow("BuildInEnvExample").LatestRun!.Step("end").Task!.Data["found_version"]);

        string EnvironmentOf(string flow) => client.Flow(flow).LatestRun!.Step("start").Task!.MetadataDictionary["conda_env_id"];
    }

    [Theory]
    [InlineData("-e .")]
    [InlineData("--editable git+https://packages.example.com/foo.git#egg=foo")]
    public async Task Editable_packages_are_refused(string line)
    {
        await using var program = new ExampleProgram(await world.RequireAsync());

        var refused = await program.ResolveAsync("editable", "requirements.txt", line);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains(ErrorCodes.OptionUnsupported, refused.Errors, StringComparison.Ordinal);
        Assert.Contains("'name @ git+https://…'", refused.Errors, StringComparison.Ordinal);
    }

    private static void RequireLong() => Assert.SkipUnless(
        Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1", "It is one of the long tests: 'eng/test.sh --all'.");

    private static async Task<string> UseAsync(
        ExampleProgram program, string name, string file, string text, string modules, string[] options, params string[] expected)
    {
        (await program.ResolveAsync(name, file, text, options)).Succeeded();
        var output = await program.RunAsync("named", modules, ("EXAMPLE_NAME", name));
        AssertHas(output, [.. expected.SelectMany(static line => new[] { $"start {line}", $"end {line}" })]);
        Assert.DoesNotContain(" lacks ", output, StringComparison.Ordinal);
        return output;
    }

    private static void AssertHas(string output, params string[] lines)
        => Assert.All(lines, line => Assert.Contains($"] {line}\n", output, StringComparison.Ordinal));
}
