using System.Text.Json;
using Metaflow.Environments.Records;
using Metaflow.Storage;

namespace Metaflow.Environments.Checks;

/// <summary>What is known to go wrong when a program runs with the packages of an environment.</summary>
/// <param name="MissingMembers">What the program was compiled against and the packages lack.</param>
/// <param name="IgnoredPackages">The assemblies of packages that are older than the runtime's own, which the runtime loads instead.</param>
internal sealed record ProgramChecks(IReadOnlyList<MissingMember> MissingMembers, IReadOnlyList<IgnoredAssembly> IgnoredPackages)
{
    /// <summary>Gets the hash of the files with which the program starts, so that a change of them is seen; empty by default.</summary>
    public string Files { get; init; } = "";

    /// <summary>Checks a program.</summary>
    /// <param name="program">The file of its assembly, which runs before each task.</param>
    /// <param name="own">The files of the assemblies that its author wrote.</param>
    /// <param name="packages">The packages.</param>
    /// <param name="fileOf">Returns where a file of a package is on this machine.</param>
    /// <param name="frameworks">The folders with the assemblies of the frameworks that it runs on.</param>
    /// <returns>The outcome.</returns>
    public static ProgramChecks Of(
        string program, IReadOnlyList<string> own, IReadOnlyList<NuGetPackage> packages, Func<NuGetPackage, NuGetAsset, string> fileOf,
        IReadOnlyList<string> frameworks)
    {
        var ignored = packages.SelectMany(package => IgnoredAssembly.Of(package, frameworks)).ToList();
        var files = packages.SelectMany(
            package => package.Assets.Where(static asset => asset.Kind == NuGetAssetKind.Assembly).Select(asset => fileOf(package, asset)))
            .Where(file => !ignored.Exists(each => each.Assembly == Path.GetFileNameWithoutExtension(file)));
        return new ProgramChecks(Missing(program, own, files, frameworks), ignored);
    }

    private static List<MissingMember> Missing(
        string program, IReadOnlyList<string> own, IEnumerable<string> locked, IReadOnlyList<string> frameworks)
    {
        using var code = new OwnCode(own, frameworks);
        using var assemblies = new AssemblySet(locked, frameworks);
        var flows = new FlowCode(code, Path.GetFileNameWithoutExtension(program));
        return [.. code.Assemblies.SelectMany(assembly => MemberComparison.Compare(assembly, assemblies, flows.StepsOf))];
    }

    /// <summary>Reads a stored outcome.</summary>
    /// <param name="json">The JSON.</param>
    /// <returns>The outcome.</returns>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="KeyNotFoundException">It is another JSON.</exception>
    public static ProgramChecks Read(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return new ProgramChecks(
            [
                .. document.RootElement.GetProperty("missing").EnumerateArray().Select(static each => new MissingMember(
                    Text(each, "assembly"), Version.Parse(Text(each, "compiled")), Version.Parse(Text(each, "locked")),
                    Text(each, "member"),
                    Texts(each, "by"))
                {
                    Steps = Texts(each, "steps"),
                }),
            ],
            [
                .. document.RootElement.GetProperty("ignored").EnumerateArray().Select(static each => new IgnoredAssembly(
                    Text(each, "package"), Text(each, "version"), Text(each, "assembly"), Text(each, "framework"))),
            ])
        { Files = Text(document.RootElement, "files") };
    }

    /// <summary>Returns the outcome to store.</summary>
    /// <returns>The JSON.</returns>
    public byte[] ToJson() => RecordJson.Write(json =>
    {
        json.WriteString("files", Files);
        json.WriteStartArray("missing");
        foreach (var member in MissingMembers)
        {
            json.WriteStartObject();
            json.WriteString("assembly", member.Assembly);
            json.WriteString("compiled", member.CompiledAgainst.ToString());
            json.WriteString("locked", member.Locked.ToString());
            json.WriteString("member", member.Member);
            Write(json, "by", member.ReferredBy);
            Write(json, "steps", member.Steps);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("ignored");
        foreach (var assembly in IgnoredPackages)
        {
            json.WriteStartObject();
            json.WriteString("package", assembly.Package);
            json.WriteString("version", assembly.Version);
            json.WriteString("assembly", assembly.Assembly);
            json.WriteString("framework", assembly.FrameworkVersion);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static List<string> Texts(JsonElement element, string name)
        => [.. element.GetProperty(name).EnumerateArray().Select(static text => text.GetString()!)];
}
