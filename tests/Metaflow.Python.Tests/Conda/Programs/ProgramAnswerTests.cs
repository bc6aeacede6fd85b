using Metaflow.Errors;
using Metaflow.Python.Tests.Channels;

namespace Metaflow.Python.Tests.Conda.Programs;

/// <summary>What programs that find packages of conda answer when they find none, or when they are not what they seem.</summary>
public sealed class ProgramAnswerTests : IDisposable
{
    private const string Zlib = """
        "name": "zlib", "version": "1.2", "build": "h1_3", "build_string": "h1_3", "build_number": 3, "subdir": "linux-64"
        """;

    private const string ZlibUrl = "\"url\": \"https://u:s3cret@h.invalid/c/linux-64/zlib-1.2-h1_3.conda\", \"md5\": \"ab\"";

    private readonly ProgramBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(
        "micromamba", ProgramBench.Micromamba, """{"success": false, "solver_problems": ["nothing provides nosuch"]}""",
        """
        warning  libmamba something else
        error    libmamba Could not solve for environment specs
            The following package could not be found
            └─ nosuch   does not exist (perhaps a typo or a missing channel).
        critical libmamba Could not solve for environment specs
        """,
        "micromamba 1.5.8 says:\nCould not solve for environment specs\n    The following package could not be found\n    └─ nosuch ")]
    [InlineData(
        "mamba", "\"mamba version\": \"2.1.0\"", """{"success": false, "solver_problems": ["nothing provides nosuch"]}""", "",
        "mamba 2.1.0 says:\nnothing provides nosuch")]
    [InlineData(
        "conda", "\"conda_version\": \"24.5.0\"",
        """
        {"caused_by": "None", "error": "PackagesNotFoundError: …", "exception_name": "PackagesNotFoundError",
        "message": "The following packages are not available from current channels:\n\n  - nosuch\n"}
        """,
        "Collecting package metadata", "conda 24.5.0 says:\nThe following packages are not available from current channels:\n  - nosuch\n")]
    [InlineData(
        "conda", "\"conda_version\": \"23.11.0\"",
        """{"exception_name": "LibMambaUnsatisfiableError", "message": "Encountered problems while solving:\n  - nosuch"}""", "",
        "Encountered problems while solving:\n  - nosuch")]
    public async Task A_request_that_nothing_satisfies_is_explained_in_the_words_of_the_program(
        string name, string facts, string json, string errors, string why)
    {
        _bench.Program(name, facts).Answer(json, errors, exitCode: 1);

        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _bench.SolveAsync(_bench.Request("nosuch"), name));

        Assert.Equal(ErrorCodes.CondaRequestUnsatisfiable, error.Code);
        Assert.Contains(why, error.Why, StringComparison.Ordinal);
        Assert.DoesNotContain("something else", error.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "critical libmamba Download error (7) Couldn't connect to server\n", 1, "exit code 1 and says:\nDownload error (7)")]
    [InlineData("""{"exception_name": "CondaHTTPError", "message": "HTTP 000"}""", "", 1, "exit code 1 and says:\nHTTP 000")]
    [InlineData("oh no", "", 3, "exit code 3 and says:\noh no")]
    [InlineData("", "", 2, "It ended with exit code 2 and printed nothing.")]
    [InlineData("""{"success": false, "error": "disk is full"}""", "", 0, "disk is full")]
    [InlineData("", "", 0, "It prints no JSON.")]
    [InlineData("{\"success\": true", "", 0, "It prints no JSON.")]
    public async Task A_program_that_fails_says_why(string output, string errors, int exitCode, string why)
    {
        _bench.Program().Answer(output, errors, exitCode);

        Assert.Contains(why, (await FailAsync()).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"success\": true}", "does not say which packages")]
    [InlineData("{\"success\": true, \"actions\": {\"LINK\": []}}", "has no package 'zlib', which was asked for")]
    [InlineData("{\"actions\": {\"LINK\": [1]}}", "")]
    [InlineData("{\"actions\": {\"LINK\": [{" + Zlib + "}], \"FETCH\": []}}", "does not say where the package 'zlib' is")]
    [InlineData("{\"actions\": {\"LINK\": [{" + Zlib + ", \"url\": \"https://h.invalid/zlib\"}]}}", "is not the address of a package")]
    [InlineData("{\"actions\": {\"LINK\": [{" + Zlib + "," + ZlibUrl + "}, {" + Zlib + "," + ZlibUrl + "}]}}", "'zlib' twice")]
    [InlineData(
        "{\"actions\": {\"LINK\": [{" + Zlib + "," + ZlibUrl + ", \"depends\": [\"libc >=1\", \"__glibc\"]}]}}",
        "has no package 'libc', which 'zlib' needs")]
    public async Task An_answer_that_is_not_whole_is_refused(string json, string why)
    {
        _bench.Program().Answer(json);

        var error = await FailAsync();

        Assert.Contains(why, error.Why, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 1")]
    [InlineData("echo '{}'")]
    [InlineData("echo '[1]'")]
    [InlineData("echo 2.0")]
    public async Task A_program_that_does_not_say_its_version_is_refused(string script)
    {
        var program = _bench.Program();
        await File.WriteAllTextAsync(program.File, $"#!/bin/sh\n{script}\n", TestContext.Current.CancellationToken);

        await FailAsync();
    }

    [Fact]
    public async Task What_a_program_prints_around_its_answer_does_not_matter()
    {
        var channel = _bench.WriteChannel();
        var request = _bench.Request("app");
        var own = await _bench.SolveOwnAsync(request);
        var json = FakeCondaProgram.AnswerOfMamba(ProgramBench.ObjectsOf(own), channel);
        _bench.Program().Answer($"\n  mamba says hello (2)\n\n{json}\nTo activate this environment, use …\n", "warning: something");

        Assert.Equal(own.Select(static record => record.Url), (await _bench.SolveAsync(request)).Select(static record => record.Url));
    }

    [Fact]
    public async Task A_program_that_does_not_say_what_packages_need_has_put_them_in_order_and_credentials_are_in_no_record()
    {
        _bench.Program().Answer($$"""
            {"actions": {"LINK": [
            {{{Zlib}}, {{ZlibUrl}}, "size": 0, "sha256": ""},
            {"name": "app", "version": "2", "build": "0", "subdir": "noarch", "url": "https://h.invalid/c/noarch/app-2-0.tar.bz2"}
            ]} }
            """);

        var records = await _bench.SolveAsync(_bench.Request("zlib"));

        Assert.Equal(
            ["https://h.invalid/c/linux-64/zlib-1.2-h1_3.conda", "https://h.invalid/c/noarch/app-2-0.tar.bz2"],
            records.Select(static record => record.Url));
        Assert.Equal((null, null, "ab", "h.invalid/c"), (
            records[0].Size, records[0].Sha256, records[0].Md5, records[0].ChannelUrl["https://".Length..]));
    }

    private async Task<EnvironmentException> FailAsync()
    {
        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _bench.SolveAsync(_bench.Request("zlib")));
        Assert.Equal(ErrorCodes.CondaProgramFailed, error.Code);
        Assert.Contains("micromamba", error.What, StringComparison.Ordinal);
        return error;
    }
}
