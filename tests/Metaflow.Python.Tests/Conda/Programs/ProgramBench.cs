using System.Net;
using System.Text.Json.Nodes;
using Metaflow.Python.Conda.Matching;
using Metaflow.Python.Conda.Programs;
using Metaflow.Python.Conda.Solving;
using Metaflow.Python.Tests.Channels;
using Metaflow.Python.Tests.Conda.Solving;
using Channel = Metaflow.Python.Conda.Channels.CondaChannel;

namespace Metaflow.Python.Tests.Conda.Programs;

/// <summary>A channel in a folder, and programs that answer for it.</summary>
internal sealed class ProgramBench : IDisposable
{
    public const string Micromamba = "\"micromamba version\": \"1.5.8\"";

    private readonly SolverBench _solver = new();

    public string Folder => _solver.Folder;

    public string PathOf(string name) => Path.Combine(Folder, name);

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal) { ["HOME"] = "/nowhere", ["FROM"] = "the user" };

    public Dictionary<string, NetworkCredential> Access { get; } = new(StringComparer.Ordinal);

    public Channel ChannelOf(string text) => Channel.Parse(text, _solver.Options);

    public FakeCondaProgram Program(string name = "micromamba", string facts = Micromamba)
    {
        var program = new FakeCondaProgram(PathOf(name), name, facts);
        Variables["PATH"] = program.Bin;
        return program;
    }

    public CondaRequest Request(params string[] specs) => _solver.Request([_solver.Channel()], specs);

    public Task<IReadOnlyList<CondaRecord>> SolveOwnAsync(CondaRequest request) => _solver.SolveAsync(request);

    public Task<IReadOnlyList<CondaRecord>> SolveAsync(
        CondaRequest request, string name = "micromamba", CancellationToken? cancellationToken = null)
        => new CondaProgram(new CondaProgramOptions
        {
            Name = name,
            Variables = Variables,
            Channels = _solver.Options,
            Access = Access,
            Time = TimeProvider.System,
        }).SolveAsync(request, cancellationToken ?? TestContext.Current.CancellationToken);

    /// <summary>Writes a channel in which a chain of packages has a circle of Python and pip, and names that sort in another
    /// order.</summary>
    public string WriteChannel()
    {
        var channel = _solver.Channel();
        channel.Add("python-3.11.2-0", ["pip", "zlib", "__glibc >=2.17"]);
        channel.Add("noarch", "pip-23.0-0", ["python >=3.7", "setuptools"]);
        channel.Add("noarch", "setuptools-60.0-0", ["python"]);
        channel.Add("linux-64", "zlib-1.2-h1_3", extension: ".tar.bz2");
        channel.Add("noarch", "app-1!1.0-0", ["pip", "python"], change: static record => record["noarch"] = "python");
        channel.Write();
        return new Uri(channel.Path).AbsoluteUri;
    }

    /// <summary>Returns the objects of records as programs have them.</summary>
    public static IReadOnlyList<JsonObject> ObjectsOf(IEnumerable<CondaRecord> records) =>
    [
        .. records.Select(static record =>
        {
            var json = JsonNode.Parse(record.Json.Span)!.AsObject();
            json["fn"] = record.FileName;
            return json;
        }),
    ];

    public void Dispose() => _solver.Dispose();
}
