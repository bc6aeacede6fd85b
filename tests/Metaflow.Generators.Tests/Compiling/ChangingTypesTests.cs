using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Generators.Tests.Compiling;

/// <summary>Values of docs/changing-types.md are stored by an assembly with the type as it was, and read by another one with the type as it
/// is.</summary>
public sealed partial class ChangingTypesTests
{
    public static TheoryData<string, object[], string> Read => new()
    {
        { "A new member", [0.5], "Training { Rate = 0.5, Epochs = 10, Note =  }" },
        { "A renamed member", [0.5], "Training { LearningRate = 0.5 }" },
        { "A removed member", [0.5, 3], "Training { Rate = 0.5 }" },
        { "A member of a wider type", [3, 0.5f, new List<int> { 1, 2 }], "Training { Epochs = 3, Rate = 0.5, Sizes = System.Double[] }" },
        { "A member of a narrower type", [3L], "Training { Epochs = 3 }" },
        { "An enum", ["Small"], "Training { Size = Little }" },
        { "An enum", ["Large"], "Training { Size = Large }" },
        { "Another kind of type, or another namespace", [0.5], "Training { Rate = 0.5 }" },
    };

    [Theory]
    [MemberData(nameof(Read))]
    public void A_value_of_the_old_type_is_read_into_the_new_one(string heading, object[] values, string expected)
    {
        var (stored, type) = Store(heading, values);
        Assert.Equal(
            expected,
            Convert.ToString(ArtifactSerializer.Deserialize(stored, "pickle-v4", type, "training"), CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("A new required member", 0.5, "'training' has no 'epochs', which 'Training' needs.")]
    [InlineData("A member of a narrower type", 300L, "'training.Epochs' is the int 300, which does not fit 'Byte'.")]
    public void A_value_that_does_not_fit_is_refused_and_the_member_named(string heading, object value, string expected)
    {
        var (stored, type) = Store(heading, [value]);
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Deserialize(stored, "pickle-v4", type, "training"));
        Assert.Equal(ErrorCodes.ValueDoesNotFit, error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_example_of_the_page_has_a_test_and_no_problem()
    {
        var page = await File.ReadAllTextAsync(Page(), TestContext.Current.CancellationToken);
        var headings = Regex.Matches(page, "^## (.*)$", RegexOptions.Multiline).Select(static match => match.Groups[1].Value)
            .Where(heading => BlocksOf(page, heading).Count > 0).ToList();
        Assert.Equal(
            headings.Order(), Read.Select(static row => row.Data.Item1).Append("A new required member").Distinct().Order());
        foreach (var heading in headings)
        {
            foreach (var block in BlocksOf(page, heading))
            {
                Assert.DoesNotContain(
                    await FlowCompilation.Of(Source(block)).AnalyzeAsync(),
                    static problem => problem.Id.StartsWith("MF", StringComparison.Ordinal));
            }
        }
    }

    private static (byte[] Stored, Type Type) Store(string heading, object[] values)
    {
        var blocks = BlocksOf(File.ReadAllText(Page()), heading);
        Assert.Equal(2, blocks.Count);
        var (old, present) = (TypeIn(blocks[0]), TypeIn(blocks[1]));
        Assert.NotEqual(old, present);
        return (ArtifactSerializer.Serialize(Make(old, values), old).Payload.ToArray(), present);
    }

    private static object Make(Type type, object[] values)
    {
        if (type.GetConstructor(Type.EmptyTypes) is { } empty)
        {
            var made = empty.Invoke([]);
            type.GetProperties()[0].SetValue(made, values[0]);
            return made;
        }

        var constructor = type.GetConstructors().Single();
        var wanted = constructor.GetParameters();
        return constructor.Invoke(
            [.. values.Select((value, i) => wanted[i].ParameterType.IsEnum ? Enum.Parse(wanted[i].ParameterType, (string)value) : value)]);
    }

    private static Type TypeIn(string block)
        => FlowCompilation.Of(Source(block)).Load("Other").GetType().Assembly.GetTypes().Single(static type => type.Name == "Training");

    private static string Source(string block) => $"{block}\npublic partial class Other : FlowSpec {{ [Step] void End() {{ }} }}\n";

    private static List<string> BlocksOf(string page, string heading)
    {
        var start = page.IndexOf($"## {heading}\n", StringComparison.Ordinal);
        var end = page.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return [.. Block().Matches(page[start..(end < 0 ? page.Length : end)]).Select(static match => match.Groups[1].Value)];
    }

    private static string Page()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Metaflow.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return Path.Combine(folder, "docs", "changing-types.md");
    }

    [GeneratedRegex("```csharp fragment\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
