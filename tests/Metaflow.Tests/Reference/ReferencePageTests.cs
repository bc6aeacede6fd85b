using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Metaflow.Errors;

namespace Metaflow.Tests.Reference;

/// <summary>The pages that list members list all that there are, with their types and defaults.</summary>
public sealed partial class ReferencePageTests
{
    private const BindingFlags OfInstance = BindingFlags.Public | BindingFlags.Instance;

    private static readonly Type[] Attributes =
    [
        .. new[] { typeof(FlowSpec).Assembly, typeof(DecoratorAttribute).Assembly }
            .SelectMany(static assembly => assembly.GetExportedTypes()).Where(typeof(Attribute).IsAssignableFrom),
    ];

    public static TheoryData<string> AttributeNames => [.. Attributes.Select(NameOf)];

    [Theory]
    [MemberData(nameof(AttributeNames))]
    public void An_attribute_has_a_section_with_its_members_their_types_and_defaults(string name)
    {
        var attribute = Attributes.Single(type => NameOf(type) == name);
        var sections = Section().Matches(ReferencePage.Read("attributes.md"))
            .Where(section => section.Groups["heading"].Value.Contains($"`[{name}]`", StringComparison.Ordinal)).ToList();
        var text = Assert.Single(sections).Groups["text"].Value;
        var rows = ReferencePage.Rows(text).ToDictionary(static row => row[0]);
        var members = MembersOf(attribute);
        var usual = Make(Attributes.First(type => !type.IsAbstract && attribute.IsAssignableFrom(type)));

        Assert.Equal(members.Select(static member => member.Name).Order(), rows.Keys.Order());
        Assert.All(members, member =>
        {
            var row = rows[member.Name];
            Assert.Equal(MemberText.OfType(member), row[1]);
            if (row[2] is not ("from the constructor" or "computed"))
            {
                var value = member.GetValue(usual);
                Assert.Equal(MemberText.OfDefault(value) ?? row[2], row[2]);
                Assert.True(value is not null || row[2] == "none" || row[2].StartsWith("the ", StringComparison.Ordinal), row[2]);
            }
        });
    }

    [Fact]
    public void Every_section_is_about_an_attribute()
        => Assert.Equal(
            Attributes.Select(NameOf).Order(),
            Section().Matches(ReferencePage.Read("attributes.md"))
                .SelectMany(static section => Name().Matches(section.Groups["heading"].Value))
                .Select(static match => match.Groups[1].Value).Order());

    [Theory]
    [InlineData(typeof(Current))]
    [InlineData(typeof(ForeachPosition))]
    [InlineData(typeof(ParallelPosition))]
    [InlineData(typeof(TaskResources))]
    [InlineData(typeof(FlowProject))]
    [InlineData(typeof(RunTrigger))]
    public void What_a_running_task_can_ask_is_listed_with_its_type(Type type)
    {
        var page = ReferencePage.Read("current.md");
        // The tables of other types stand below their names; all others are those of Current.
        var parts = TypeTable().Matches(page);
        var text = type == typeof(Current) ? TypeTable().Replace(page, "")
            : Assert.Single(parts, part => part.Groups["type"].Value == type.Name).Value;
        var members = type.GetProperties(OfInstance).Select(static member => (member.Name, Type: MemberText.OfType(member)))
            .Concat(type.GetMethods(OfInstance | BindingFlags.DeclaredOnly)
                .Where(static method => method is { IsSpecialName: false, IsVirtual: false } && method.Name[0] != '<')
                .Where(static method => method.Name is not ("Deconstruct" or "Equals"))
                .Select(static method => (method.Name, Type: MemberText.OfType(method))));

        Assert.Equal(members.Order(), ReferencePage.Rows(text).Select(static row => (row[0], row[1])).Order());
    }

    [Fact]
    public void Every_exit_code_is_listed()
    {
        var codes = typeof(ExitCodes).GetFields()
            .Select(static field => (Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)!, field.Name));

        var rows = ReferencePage.Rows(ReferencePage.Read("exit-codes.md")).Select(static row => (row[0], row[1]));
        Assert.Equal(codes.Order(), rows.Distinct().Order());
    }

    private static string NameOf(Type attribute) => attribute.Name[..^nameof(Attribute).Length];

    private static object Make(Type attribute)
    {
        var constructor = attribute.GetConstructors().MinBy(static constructor => constructor.GetParameters().Length)!;
        return constructor.Invoke([.. constructor.GetParameters().Select(static parameter => UsualOf(parameter.ParameterType))]);
    }

    private static object UsualOf(Type type)
        => type == typeof(string) ? "text" : type == typeof(Type) ? typeof(string)
            : type.IsArray ? Array.CreateInstance(type.GetElementType()!, 0) : Activator.CreateInstance(type)!;

    /// <summary>Returns what an author can set or read of an attribute, without what every decorator has.</summary>
    private static List<PropertyInfo> MembersOf(Type attribute) =>
    [
        .. attribute.GetProperties(OfInstance | BindingFlags.DeclaredOnly)
            .Where(static member => member.GetMethod is { IsVirtual: false })
            .Where(static member => member.GetCustomAttribute<EditorBrowsableAttribute>()?.State != EditorBrowsableState.Never),
    ];

    [GeneratedRegex(@"^### (?<heading>.*)\n(?<text>(?:(?!##).*\n)*)", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"`\[(\w+)\]`")]
    private static partial Regex Name();

    [GeneratedRegex(@"^`(?<type>\w+)`:\n\n(?:\|.*\n)+", RegexOptions.Multiline)]
    private static partial Regex TypeTable();
}
