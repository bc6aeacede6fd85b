using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Serialization;

/// <summary>The errors of the serializers (MF4100 and on).</summary>
internal static class SerializationErrors
{
    public static StorageException EncodingThrew(string name, string encoding, Exception cause) => new(
        ErrorCodes.MemberThrew,
        $"The encoding '{encoding}' failed with '{name}'. It threw {cause.GetType().Name}: {ExceptionText.MessageOf(cause)}",
        "A plug-in of the program has the encoding.",
        "Give the artifact a value that the encoding can store and read, or remove the plug-in, so that the value "
            + "is stored as a pickle.",
        cause);

    public static StorageException EncodingDoesNotFit(string name, string encoding, string found, Type type) => new(
        ErrorCodes.ValueDoesNotFit,
        $"'{name}' cannot be read into '{TypeName.Of(type)}'.",
        $"Its encoding '{encoding}', from a plug-in of the program, returned {found}.",
        "Read it into the type that it was stored as.");

    public static StorageException UnknownEncoding(string encoding, IReadOnlyList<string> known) => new(
        ErrorCodes.UnknownEncoding,
        $"An artifact has the encoding '{encoding}'.",
        "The known encodings are "
            + $"{string.Join(", ", known.Select(static name => $"'{name}'").Append("'pickle-v2'").Append("'pickle-v4'"))}, "
            + "'gzip+pickle-v2' and 'gzip+pickle-v4'.",
        "Reference the package with the plug-in that wrote it, or write it again with the standard encoding.");

    public static StorageException TooLarge(string name, long length, string encoding) => new(
        ErrorCodes.ArtifactTooLarge,
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'{name}' is too large to be stored: it takes {length} bytes."),
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"The encoding '{encoding}' could not read it: it gets a value in one array, of at most {Array.MaxLength} bytes."),
        "Split the value: an artifact for each part, or a foreach over parts that each task creates itself. Or store it in a file, "
            + "and the path as the artifact.");

    public static StorageException TextTooLong(int longest) => new(
        ErrorCodes.ArtifactTooLarge,
        "A text is too large to be read.",
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"It has more than {longest} characters, the maximum of a .NET string."),
        "Split it into lines or parts when it is created, or read it as byte[], which can hold twice as much.");

    public static StorageException BytesTooLong(long length) => new(
        ErrorCodes.ArtifactTooLarge,
        "Bytes are too many to be read.",
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"There are {length} of them, and one array of .NET holds at most {Array.MaxLength} bytes."),
        "Read the value as a Stream if it consists of bytes only, or as an array of numbers if it is one.");

    public static StorageException StreamUnreadable(string name, string why, Exception? cause) => new(
        ErrorCodes.StreamUnreadable,
        $"The stream of '{name}' cannot be read.",
        why,
        "A stream is read when the step has returned: assign one that is open for reading, without 'using'. Metaflow closes it.",
        cause);

    public static StorageException StreamCut(string name, long length, long declared) => new(
        ErrorCodes.StreamUnreadable,
        $"The stream of '{name}' cannot be read.",
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"It ended after {length} bytes, but it said before that it has {declared}."),
        "A download broke off, or another program shortened the file: see what the stream comes from, and run the step again.");

    public static StorageException Malformed(long offset, string why) => new(
        ErrorCodes.MalformedPickle,
        $"The bytes of an artifact cannot be read: offset {offset}.",
        $"{why}.",
        "The blob is damaged or is not a pickle: restore it from a copy, or run the step that created it again.");

    public static StorageException Unsupported(long offset, string feature) => new(
        ErrorCodes.UnsupportedPickle,
        $"The pickle of an artifact uses {feature}, at offset {offset}.",
        "That refers to something that only the program that wrote it has.",
        "Write the value with a plain pickle.dumps(value, protocol=4).");

    public static StorageException DoesNotFit(ValuePath path, Type wanted, string found) => new(
        ErrorCodes.ValueDoesNotFit,
        $"'{path}' is {found}, which does not fit '{TypeName.Of(wanted)}'.",
        "Metaflow never rounds, truncates or guesses when it reads a value.",
        "Read it into a type that can hold it, or change what the step stores.");

    public static StorageException LacksMember(ValuePath path, Type wanted, string key, string? nearest, IReadOnlyList<string> keys)
    {
        const int MostKeys = 8;
        var names = string.Join(", ", keys.Take(MostKeys).Select(static name => $"'{name}'")) + (keys.Count > MostKeys ? ", …" : "");
        return new(
            ErrorCodes.ValueDoesNotFit,
            $"'{path}' has no '{key}', which '{TypeName.Of(wanted)}' needs.",
            (nearest, keys.Count) switch
            {
                ({ } near, _) => $"It has '{near}', which is almost the same name and belongs to no member.",
                (null, 0) => "It has no entries.",
                _ => $"It has {names}.",
            },
            "Correct the name on one side ([ArtifactKey(\"...\")] gives a member another key, [FormerArtifactName(\"...\")] a "
                + "second one that is read), or make the member optional: nullable, or with a default value.");
    }

    public static StorageException CannotBeStored(ValuePath path, Type type) => new(
        ErrorCodes.TypeCannotBeStored,
        $"'{path}' is a '{TypeName.Of(type)}', which cannot be stored.",
        FrameworkTypes.IsOfOneProcess(ItemOf(type))
            ? "Delegates, pointers, streams, tasks, threads, handles and reflection types exist only in the process that created them."
            : type == typeof(object)
                ? "It is a plain object without any data."
                : $"'{TypeName.Of(ItemOf(type))}' is a .NET type with more data than its public properties, so another "
                    + "value would be read back.",
        "Store the data that it represents, or keep it in an ordinary field, which is not an artifact.");

    public static StorageException JsonNotStored(ValuePath path, string? number) => new(
        ErrorCodes.TypeCannotBeStored,
        number is null
            ? $"'{path}' is JSON without a value."
            : $"'{path}' is the JSON number {VisibleText.Line(number.Length <= 40 ? number : number[..40] + "…")}, which cannot be "
                + "stored.",
        number is null
            ? "It is the default of JsonElement, which was not read from any text."
            : "It is greater than any double, and Python reads such a number as a double.",
        number is null
            ? "Store a JsonElement that was read, or null in a 'JsonElement?'."
            : "Store it as a string, or as a number that a double can hold.");

    private static Type ItemOf(Type type) => type.IsArray ? ItemOf(type.GetElementType()!) : Nullable.GetUnderlyingType(type) ?? type;

    public static StorageException LosesState(ValuePath path, Type type, string lost) => new(
        ErrorCodes.StateWouldBeLost,
        $"'{path}' is a '{TypeName.Of(type)}', and {lost} would be lost.",
        "Metaflow stores public properties and fields, and the items of collections. It cannot read anything else back.",
        "Make it a public property. Or mark it [ArtifactIgnore] if it can be computed again, or mark the type "
            + "[ArtifactByPublicMembers] if its public members are all its data.");

    public static StorageException GetterChanges(ValuePath path, Type type) => new(
        ErrorCodes.StateWouldBeLost,
        $"'{path}' of '{TypeName.Of(type)}' has a getter that changes the value of the property.",
        "Metaflow stores what the getter returns, and the value would change again each time it is read.",
        "Let the property return its stored value, and return the changed value from a method or a property without a field.");

    public static StorageException LosesEntry(ValuePath path, Type type, object? key) => new(
        ErrorCodes.StateWouldBeLost,
        $"'{path}' is a '{TypeName.Of(type)}' in which the key or item '{VisibleText.Line($"{key}")}' would replace another one.",
        "Its comparer, or the type of the key, distinguishes values that become equal once they are stored: 1 and 1.0, or two equal "
            + "strings.",
        "Use keys that differ without the comparer, or store a list of pairs.");

    public static StorageException LosesOrder(ValuePath path, Type type) => new(
        ErrorCodes.StateWouldBeLost,
        $"'{path}' is a '{TypeName.Of(type)}' whose order would be lost.",
        "Its own comparer sorts it, and the comparer is not stored. After reading, it would be sorted by the items' own order.",
        "Store a list, which keeps the order, and sort it again where necessary. Or use the default comparer.");

    public static StorageException PartThrew(ValuePath path, Exception cause) => new(
        ErrorCodes.MemberThrew,
        $"'{path}' threw {cause.GetType().Name}: {ExceptionText.MessageOf(cause)}",
        "Serializing enumerates collections, reads each public property and constructs types by their constructors.",
        "Give the artifact a value that can be read as a whole, and do not let another thread change it in the meantime.",
        cause);

    public static StorageException CannotBeConstructed(ValuePath path, Type type, string why) => new(
        ErrorCodes.TypeCannotBeConstructed,
        $"'{path}' cannot be read into '{TypeName.Of(type)}'.",
        $"{why}.",
        "Give the type a public constructor whose parameters have the names of its properties, or read the value into a "
            + "type that can be constructed.");

    public static StorageException CannotBeReadAgain(ValuePath path, Type stored, Type declared, string why) => new(
        ErrorCodes.TypeCannotBeConstructed,
        stored == declared
            ? $"'{path}' is a '{TypeName.Of(declared)}', which could be stored but never read again."
            : $"'{path}' is a '{TypeName.Of(stored)}' declared as '{TypeName.Of(declared)}', which could be stored but never read again.",
        $"{why}.",
        declared.IsAbstract && !typeof(System.Collections.IEnumerable).IsAssignableFrom(declared)
            ? "Declare it as its actual type, or keep the values of each type in a separate list."
            : "Declare it as a type that can be constructed: a List, an array or a Dictionary, or a type with a public constructor whose "
                + "parameters have the names of its properties.");

    public static StorageException DerivedTypeWouldBeLost(ValuePath path, Type stored, Type declared, bool becomesDictionary) => new(
        ErrorCodes.DerivedTypeWouldBeLost,
        $"'{path}' is a '{TypeName.Of(stored)}' declared as '{TypeName.Of(declared)}'.",
        becomesDictionary
            ? "It would be read back as a dictionary of its members, because its type is not stored."
            : $"It would be read back as a '{TypeName.Of(declared)}', without the members of '{TypeName.Of(stored)}', because its "
                + "actual type is not stored.",
        becomesDictionary
            ? $"Declare it as '{TypeName.Of(stored)}', or store plain data: an anonymous object or a dictionary."
            : $"Declare it as '{TypeName.Of(stored)}', or keep the objects of each type in a separate List.");

    public static StorageException ItemsOfAnotherType(ValuePath path, Type stored, Type declared) => new(
        ErrorCodes.DerivedTypeWouldBeLost,
        $"'{path}' is a '{TypeName.Of(stored)}' declared as '{TypeName.Of(declared)}'.",
        "The runtime treats one as the other, but their items are not the same values: a value of one may not fit into the other.",
        $"Assign an array of the declared type, and convert the items one by one. Or declare it as '{TypeName.Of(stored)}'.");

    public static StorageException ReadBackDiffers(string path, string set, string read) => new(
        ErrorCodes.ReadBackDiffers,
        $"'{path}' was set to {set}, and the next step reads {read}.",
        "The run read the value back as the next step would, and compared it. "
            + "A property without a field, a constructor, or a collection in the author's code changed the stored value.",
        "Let the property return what is stored, or mark it [ArtifactIgnore] if it follows from other members that are not stored.");

    public static StorageException MemberThrew(ValuePath path, Type type, Exception cause) => new(
        ErrorCodes.MemberThrew,
        $"'{path}' of '{TypeName.Of(type)}' threw {cause.GetType().Name}: {ExceptionText.MessageOf(cause)}",
        "Serializing reads each public property and constructs types by their constructors.",
        "Fix the member, or make it a method, which is not stored.",
        cause);

    public static StorageException DuplicateKey(Type type, string first, string second, string key) => new(
        ErrorCodes.DuplicateKey,
        $"'{first}' and '{second}' of '{TypeName.Of(type)}' would both be stored as '{key}'.",
        "Members are stored under their names in snake case.",
        "Rename one of them, or give it another key with [ArtifactKey(\"...\")].");

    public static StorageException NoSuchItem(string name, int index, string found) => new(
        ErrorCodes.NoSuchItem,
        $"'{name}' has no item {index}.",
        $"It is {found}.",
        "Use an item that exists; the first is 0.");

    public static StorageException CycleThroughConstructor(ValuePath path, Type type) => new(
        ErrorCodes.CycleThroughConstructor,
        $"'{path}' refers to the '{TypeName.Of(type)}' that contains it.",
        "A constructor creates an object from its parts, so the object cannot be one of these parts.",
        "Give the type a parameterless constructor and settable properties.");

    public static StorageException NestedTooDeeply(int limit) => new(
        ErrorCodes.NestedTooDeeply,
        $"A value is nested more than {limit} levels deep.",
        "Values are converted level by level, and each level needs space on the stack.",
        "Store a list with indexes instead of objects that refer to each other in a long chain.");
}
