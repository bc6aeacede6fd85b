using Metaflow.Errors;
using Metaflow.Python.Conda.Matching;
using Metaflow.Python.Conda.Solving;
using Metaflow.Python.Conda.Versions;
using Metaflow.Python.Tests.Channels;

namespace Metaflow.Python.Tests.Conda.Programs;

/// <summary>Asks programs that only look like micromamba, mamba and conda.</summary>
public sealed class CondaProgramTests : IDisposable
{
    private readonly ProgramBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("micromamba", ProgramBench.Micromamba, false)]
    [InlineData("mamba", "\"mamba version\": \"2.0.5\"", false)]
    [InlineData("mamba", "\"conda_version\": \"23.1.0\"", true)]
    [InlineData("conda", "\"conda_version\": \"4.14.0\"", true)]
    public async Task An_answer_in_either_dialect_gives_the_records_of_the_own_solver_in_its_order(string name, string facts, bool isConda)
    {
        var channel = _bench.WriteChannel();
        var program = _bench.Program(name, facts);
        var request = _bench.Request("app", "zlib");
        var own = await _bench.SolveOwnAsync(request);
        var objects = ProgramBench.ObjectsOf(own).Reverse();
        program.Answer(isConda ? FakeCondaProgram.AnswerOfConda(objects, channel) : FakeCondaProgram.AnswerOfMamba(objects, channel));

        var found = await _bench.SolveAsync(request, name);

        Assert.Equal(["zlib", "python", "setuptools", "pip", "app"], found.Select(static record => record.Name));
        Assert.Equal(own.Select(Text), found.Select(Text));
        Assert.Equal(isConda, !program.Arguments.Contains("-r"));
    }

    [Fact]
    public async Task The_program_is_asked_for_exactly_what_is_wanted_and_works_in_a_folder_of_its_own()
    {
        var channel = _bench.WriteChannel();
        var program = _bench.Program();
        var all = await _bench.SolveOwnAsync(_bench.Request("app"));
        program.Answer(FakeCondaProgram.AnswerOfMamba(ProgramBench.ObjectsOf(all), channel));
        var request = _bench.Request("app", "python 3.11.*", "pip >=20,<24", "zlib 1.2 h1_3", "setuptools==60.0") with
        {
            Priority = ChannelPriority.Flexible,
            VirtualPackages =
            [
                new("__archspec", CondaVersion.Parse("1"), "x86_64_v3"), new("__glibc", CondaVersion.Parse("2.36"), "0"),
                new("__unix", CondaVersion.Parse("0"), "0"),
            ],
        };

        await _bench.SolveAsync(request);

        var work = program.WorkFolder;
        Assert.Equal(
            [
                "create", "--yes", "--prefix", $"{work}/prefix", "--dry-run", "--override-channels", "-c", channel, "app",
                "python 3.11.*", "pip >=20,<24", "zlib ==1.2 h1_3", "setuptools ==60.0", "-r", $"{work}/root", "--json",
            ],
            program.Arguments);
        Assert.Equal(
            [
                ("CONDA_ADD_PIP_AS_PYTHON_DEPENDENCY", "False"), ("CONDA_CHANNEL_PRIORITY", "flexible"),
                ("CONDA_ENVS_DIRS", $"{work}/envs"), ("CONDA_JSON", "True"), ("CONDA_OVERRIDE_ARCHSPEC", "x86_64_v3"),
                ("CONDA_OVERRIDE_CUDA", ""), ("CONDA_OVERRIDE_GLIBC", "2.36"), ("CONDA_OVERRIDE_LINUX", ""),
                ("CONDA_OVERRIDE_OSX", ""), ("CONDA_OVERRIDE_WIN", ""), ("CONDA_PKGS_DIRS", $"{work}/pkgs"),
                ("CONDA_SUBDIR", "linux-64"), ("CONDA_UNSATISFIABLE_HINTS_CHECK_DEPTH", "0"), ("FROM", "the user"),
                ("HOME", "/nowhere"), ("MAMBA_ADD_PIP_AS_PYTHON_DEPENDENCY", "False"), ("MAMBA_CHANNEL_PRIORITY", "flexible"),
                ("MAMBA_JSON", "True"), ("MAMBA_NO_BANNER", "1"), ("MAMBA_ROOT_PREFIX", $"{work}/root"),
            ],
            program.Variables.Where(static pair => pair.Key is not ("PATH" or "PWD" or "_" or "SHLVL" or "OLDPWD"))
                .Select(static pair => (pair.Key, pair.Value)).OrderBy(static pair => pair.Key, StringComparer.Ordinal));
        Assert.False(Directory.Exists(work), "Nothing is left behind.");
    }

    [Fact]
    public async Task A_channel_that_a_match_spec_names_is_asked_by_its_address()
    {
        var channel = _bench.WriteChannel();
        var program = _bench.Program();
        var all = await _bench.SolveOwnAsync(_bench.Request("app"));
        program.Answer(FakeCondaProgram.AnswerOfMamba(ProgramBench.ObjectsOf(all), channel));

        await _bench.SolveAsync(_bench.Request("c0::app", "other::zlib=1.2", "third/noarch::pip[build_number=0]"));

        Assert.Equal(
            [
                "-c", channel, "-c", "https://channels.invalid/other", "-c", "https://channels.invalid/third", $"{channel}::app",
                "https://channels.invalid/other::zlib 1.2.*", "https://channels.invalid/third/noarch::pip[build_number=0]",
            ],
            program.Arguments.Skip(6).SkipLast(3));
    }

    [Fact]
    public async Task A_program_is_asked_for_its_version_once()
    {
        var channel = _bench.WriteChannel();
        var program = _bench.Program();
        var request = _bench.Request("zlib");
        program.Answer(FakeCondaProgram.AnswerOfMamba(ProgramBench.ObjectsOf(await _bench.SolveOwnAsync(request)), channel));

        await _bench.SolveAsync(request);
        await _bench.SolveAsync(request);

        Assert.Equal(1, program.InfoCount);
    }

    [Theory]
    [InlineData("conda", "\"conda_version\": \"4.13.0\"", "conda 4.13.0", "4.14.0")]
    [InlineData("mamba", "\"conda_version\": \"4.12.0\"", "conda 4.12.0", "4.14.0")]
    [InlineData("mamba", "\"mamba version\": \"2.0.0rc1\"", "mamba 2.0.0rc1", "2.0.0")]
    [InlineData("micromamba", "\"micromamba version\": \"1.3.1\"", "micromamba 1.3.1", "1.4.0")]
    [InlineData("micromamba", "\"micromamba (static) version\": \"0.27.0\"", "micromamba 0.27.0", "1.4.0")]
    public async Task A_program_that_is_too_old_is_refused(string name, string facts, string version, string least)
    {
        _bench.Program(name, facts);

        var error = await FailAsync(name);

        Assert.Equal(ErrorCodes.CondaProgramTooOld, error.Code);
        Assert.Contains($"It is {version}; at least {least} is needed.", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_missing_is_refused_whatever_stands_in_its_place()
    {
        var program = _bench.Program();
        program.ForbidExecution();
        Directory.CreateDirectory(Path.Combine(_bench.Folder, "folders", "micromamba"));
        string?[] paths = [null, "", "relative", program.Bin, Path.Combine(_bench.Folder, "folders"), "/nowhere\0"];

        foreach (var path in paths)
        {
            _bench.Variables.Remove("PATH");
            if (path is not null)
            {
                _bench.Variables["PATH"] = path;
            }

            var error = await FailAsync();

            Assert.Equal(ErrorCodes.CondaProgramMissing, error.Code);
            Assert.Contains("METAFLOW_CONDA_DEPENDENCY_RESOLVER", error.Fix, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_program_that_does_not_start_is_named_with_the_reason()
    {
        var program = _bench.Program();
        await File.WriteAllTextAsync(program.File, "#!/nowhere/at/all\n", TestContext.Current.CancellationToken);

        var error = await FailAsync();

        Assert.Equal(ErrorCodes.CondaProgramMissing, error.Code);
        Assert.Contains(program.File, error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancellation_ends_the_program_and_what_it_started_and_leaves_nothing_behind()
    {
        var program = _bench.Program();
        var mark = program.PathOf("started");
        program.SetScript($"sleep 600 & echo $! > '{mark}.new'; mv '{mark}.new' '{mark}'; wait");
        using var cancellation = new CancellationTokenSource();

        var running = _bench.SolveAsync(_bench.Request("app"), cancellationToken: cancellation.Token);
        while (!File.Exists(mark))
        {
            Assert.False(running.IsCompleted);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.True(Directory.Exists(program.WorkFolder));
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.False(Directory.Exists(program.WorkFolder), "Nothing is left behind.");
        var child = $"/proc/{(await File.ReadAllTextAsync(mark, TestContext.Current.CancellationToken)).Trim()}/cmdline";
        for (var i = 0; i < 500 && IsAlive(child); i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.False(IsAlive(child));
    }

    [Fact]
    public async Task Credentials_travel_in_a_file_and_are_in_no_message()
    {
        var program = _bench.Program();
        program.Answer(
            "{\"success\": false}",
            "critical libmamba cannot reach https://ada:s3cret@one.invalid/a, http://h/t/t0ken/b with pass w0rd or pass%20w0rd",
            exitCode: 1);
        _bench.Access["two.invalid"] = new("bob", "pass w0rd");
        _bench.Access["other.invalid"] = new("eve", "unused");
        var request = _bench.Request("app") with
        {
            Channels =
            [
                .. new[] { "https://ada:s3cret@one.invalid/a", "https://two.invalid:8443/b", "https://three.invalid/t/t0ken/c" }
                    .Select(_bench.ChannelOf),
            ],
        };

        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _bench.SolveAsync(request));

        Assert.Equal(ErrorCodes.CondaProgramFailed, error.Code);
        Assert.All(
            ["s3cret", "t0ken", "w0rd"],
            secret => Assert.DoesNotContain(secret, error.ToString(), StringComparison.Ordinal));
        Assert.Contains("one.invalid/a", error.Why, StringComparison.Ordinal);
        Assert.Equal(
            "machine one.invalid login ada password s3cret\nmachine two.invalid login bob password \"pass w0rd\"\n",
            program.Credentials);
        Assert.Equal(
            ["https://one.invalid/a", "https://two.invalid:8443/b", "https://three.invalid/t/t0ken/c"],
            program.Arguments.Where(static argument => argument.StartsWith("https:", StringComparison.Ordinal)));
        Assert.DoesNotContain(program.Variables.Values, static value => value.Contains("s3cret", StringComparison.Ordinal));
    }

    // Of a process that has ended, but that nobody has asked for, the arguments are gone.
    private static bool IsAlive(string commandLine)
    {
        try
        {
            return File.ReadAllText(commandLine).Length > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task<EnvironmentException> FailAsync(string name = "micromamba")
        => await Assert.ThrowsAsync<EnvironmentException>(() => _bench.SolveAsync(_bench.Request("app"), name));

    private static string Text(CondaRecord record) => string.Join('|', (string?[])
    [
        record.Name, record.Version.Text, record.Build, $"{record.BuildNumber}", string.Join(',', record.Depends), record.Subdir,
        record.Noarch, record.Md5, record.Sha256, $"{record.Size}", record.FileName, record.Url, record.Channel, record.ChannelUrl,
    ]);
}
